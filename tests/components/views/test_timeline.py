import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.timeline import BEFORE, Branch, Step, timeline, timeline_message
from tests.components.views.test_message import decode, unpack

ROW = Branch("run", [Step("time", 0.5), Step("end", None, "mask 1", chosen=True)])


def test_a_step_refuses_a_probability_that_is_no_share() -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Step("time", 1.2)


def test_a_branch_without_a_parent_starts_the_run() -> None:
    with pytest.raises(ValueError, match="starts at 0, not at 2"):
        Branch("run", [], at=2)


def test_a_timeline_needs_a_branch() -> None:
    with pytest.raises(ValueError, match="at least one branch"):
        timeline([], key="timeline", label="run")


def test_a_branch_refuses_a_parent_that_stands_after_it() -> None:
    with pytest.raises(ValueError, match="parent 1 must stand before"):
        timeline([Branch("a", [], parent=1), ROW], key="timeline", label="run")


def test_a_branch_refuses_to_leave_its_parent_where_that_is_not() -> None:
    with pytest.raises(ValueError, match=r"leaves its parent at 3, not in 0\.\.2"):
        timeline([ROW, Branch("a", [], parent=0, at=3)], key="timeline", label="run")


def test_a_timeline_refuses_a_selection_it_does_not_hold() -> None:
    for place in ((0, 2), (1, 0), (0, BEFORE)):
        with pytest.raises(ValueError, match="selected step"):
            timeline([ROW], key="timeline", label="run", selected=place)


def test_probabilities_arrive_with_nan_for_what_is_not_known() -> None:
    header, payload = decode(timeline_message([ROW, ROW], key="timeline", label="run"))
    shares = unpack(payload, header["arrays"][0])
    assert shares.dtype == np.float32
    assert np.isnan(shares).tolist() == [False, True, False, True]
    assert header["branches"][0]["note"] == ["", "mask 1"]
    assert header["branches"][0]["chosen"] == [0, 1]


def test_eight_branches_of_40_steps_take_at_most_20_kilobytes() -> None:
    steps = [Step("characteristically", 0.123, "mask 12") for _ in range(40)]
    branches = [
        Branch(f"branch {i}", steps, parent=None if not i else 0, at=i and 3) for i in range(8)
    ]
    assert len(timeline_message(branches, key="timeline", label="run")) < 20_000


def test_the_timeline_shows_in_a_page_and_answers_nothing_before_a_click() -> None:
    def page() -> None:
        import streamlit as st

        from components.views.timeline import BEFORE, Branch, Step, timeline

        row = Branch("run", [Step("time", 0.5)])
        place = (0, BEFORE)
        answer = timeline([row], key="timeline", label="run", selected=place, start="text")
        st.write(repr(answer))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
