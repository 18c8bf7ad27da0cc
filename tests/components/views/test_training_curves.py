import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.curve_points import News, detail_message, points_message
from components.views.training_curves import (
    CurveLevel,
    CurveName,
    CurvePanel,
    ShownRun,
    read_stretch,
    training_curves_message,
)
from tests.components.learning import Piece
from tests.components.views.test_message import decode, unpack

RUN = ShownRun(id="a", label="mine")
NAMES = {"loss": CurveName(label="training loss", panel="loss", noisy=True)}
PANELS = {"loss": CurvePanel(label="loss (nats)")}
KIND = {"key": "curves", "label": "Curves", "names": NAMES, "panels": PANELS}


def piece(steps, values, width=0.0):
    steps, values = np.array(steps), np.array(values, float)
    return Piece(steps, values, values - width, values + width)


def news(lines, *, width=1, starts=None):
    return News(
        stamp="s", since=3, turn=4, whole=False, width=width, starts=starts or {}, lines=lines
    )


@pytest.mark.parametrize("count", [0, 7])
def test_no_runs_and_more_than_can_be_told_apart_are_refused(count) -> None:
    runs = [ShownRun(id=str(number), label="") for number in range(count)]
    with pytest.raises(ValueError, match=f"{count} runs: from 1 to 6"):
        training_curves_message(runs, **KIND)


def test_a_run_is_shown_once() -> None:
    with pytest.raises(ValueError, match="each once"):
        training_curves_message([RUN, RUN], **KIND)


def test_a_curve_stands_in_a_panel_that_there_is() -> None:
    names = {"loss": CurveName(label="loss", panel="nowhere")}
    with pytest.raises(ValueError, match="panel nowhere"):
        training_curves_message([RUN], **{**KIND, "names": names})
    level = CurveLevel(label="guessing", panel="nowhere", value=1.0)
    with pytest.raises(ValueError, match="guessing stands in the panel nowhere"):
        training_curves_message([RUN], levels=[level], **KIND)


def test_ticks_come_in_order_and_once() -> None:
    header, _ = decode(training_curves_message([RUN], ticks=[40, 0, 20, 40], **KIND))
    assert header["ticks"] == [0, 20, 40]


@pytest.mark.parametrize("sent", [None, [1], [5, 5], [9, 2], [-1, 4], ["1", 2], {"first": 1}])
def test_a_stretch_that_makes_no_sense_is_not_answered(sent) -> None:
    assert read_stretch(sent) is None


def test_a_stretch_is_a_first_and_a_last_step() -> None:
    assert read_stretch([10, 90]) == (10, 90)


def test_points_arrive_curve_after_curve_and_each_value_once() -> None:
    lines = {"loss": piece([4, 5], [0.5, 0.25]), "rate": piece([5], [1e-4])}
    message = points_message("curves", "a", news(lines, starts={"loss": 4, "rate": 5}))
    header, payload = decode(message)
    steps, mean = (unpack(payload, each).tolist() for each in header["arrays"])
    assert header["lines"] == [["loss", 4, 2], ["rate", 5, 1]]
    assert steps == [4, 5, 5]
    assert mean == pytest.approx([0.5, 0.25, 1e-4])
    assert (header["since"], header["turn"], header["whole"]) == (3, 4, False)


def test_points_that_stand_for_many_tell_the_least_and_the_largest() -> None:
    lines = {"loss": piece([64, 128], [0.5, 0.25], 0.125)}
    for message in (
        points_message("curves", "a", news(lines, width=64)),
        detail_message("curves", "a", (1, 128), 64, lines),
    ):
        header, payload = decode(message)
        arrays = [unpack(payload, each).tolist() for each in header["arrays"]]
        assert arrays == [[64, 128], [0.5, 0.25], [0.375, 0.125], [0.625, 0.375]]


def test_nothing_new_is_said_in_few_bytes() -> None:
    assert len(points_message("curves", "a", news({}))) < 500


def test_the_curves_show_in_a_page_and_answer_nothing_unasked() -> None:
    def page() -> None:
        import streamlit as st

        from components.views.training_curves import CurvePanel, ShownRun, training_curves

        chosen = training_curves(
            [ShownRun(id="a", label="mine")],
            key="curves",
            label="Curves",
            names={},
            panels={"loss": CurvePanel(label="loss")},
            ticks=[0, 10],
            selected=10,
        )
        st.write(repr(chosen))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
