import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.histogram import histogram, histogram_message
from tests.components.views.test_message import decode, unpack

NAMES = {"label": "1,000 draws", "value_label": "tokens chosen", "count_label": "draws"}
COUNTS = (3, 0, 5)


def test_a_histogram_refuses_to_count_nothing() -> None:
    with pytest.raises(ValueError, match="0 counts"):
        histogram([], key="draws", **NAMES)


@pytest.mark.parametrize("counts", [(1, -1), (1, 0.5), (2**32,)])
def test_a_histogram_refuses_what_cannot_be_counted(counts) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        histogram(counts, key="draws", **NAMES)


def test_a_histogram_refuses_more_bars_than_can_be_told_apart() -> None:
    with pytest.raises(ValueError, match="1025 counts"):
        histogram([1] * 1025, key="draws", **NAMES)


def test_a_histogram_refuses_expectations_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="3 counts and 2 expected"):
        histogram(COUNTS, key="draws", expected=(1.0, 2.0), **NAMES)


@pytest.mark.parametrize("mean", [-1.0, np.nan, np.inf])
def test_a_histogram_refuses_an_expectation_that_is_no_number_of_times(mean: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        histogram(COUNTS, key="draws", expected=(1.0, 2.0, mean), **NAMES)


@pytest.mark.parametrize("marked", [4, 8])
def test_a_histogram_refuses_a_mark_on_a_value_it_does_not_show(marked: int) -> None:
    with pytest.raises(ValueError, match=f"marked value {marked} is not among those from 5 to 7"):
        histogram(COUNTS, key="draws", first=5, marked=marked, **NAMES)


def test_counts_arrive_beside_what_is_expected() -> None:
    message = histogram_message(
        COUNTS, expected=(2.5, 1.0, 4.5), first=5, marked=6, marked_label="this draw", **NAMES
    )
    header, payload = decode(message)
    counts, expected = (unpack(payload, each).tolist() for each in header["arrays"])
    assert counts == list(COUNTS)
    assert expected == [2.5, 1.0, 4.5]
    assert (header["first"], header["marked"], header["markedLabel"]) == (5, 6, "this draw")
    assert header["compared"] is True


def test_without_an_expectation_none_is_sent() -> None:
    header, _ = decode(histogram_message(np.array(COUNTS), **NAMES))
    assert header["compared"] is False
    assert header["arrays"][1]["shape"] == [0]
    assert header["marked"] is None


def test_a_histogram_shows_in_a_page_and_answers_nothing() -> None:
    def page() -> None:
        import streamlit as st

        from components.views.histogram import histogram

        names = {"label": "draws", "value_label": "chosen", "count_label": "draws"}
        st.write(repr(histogram([1, 2], key="draws", expected=[1.5, 1.5], marked=1, **names)))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
