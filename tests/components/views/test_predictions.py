import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.predictions import Panel, predictions, predictions_message
from tests.components.views.test_message import decode, unpack

WORDS = ("house", "room", "door")
SHARES = (0.5, 0.25, 0.125)


def test_a_panel_refuses_words_without_probabilities() -> None:
    with pytest.raises(ValueError, match="3 words and 2 probabilities"):
        Panel("mask 1", WORDS, SHARES[:2])


def test_a_panel_refuses_probabilities_before_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="3 words and 1 before"):
        Panel("mask 1", WORDS, SHARES, before=[0.1])


def test_a_panel_refuses_what_is_no_probability() -> None:
    with pytest.raises(ValueError, match=r"probabilities outside 0\.\.1"):
        Panel("mask 1", WORDS, (0.5, 0.25, float("nan")))


def test_a_panel_refuses_a_chosen_word_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="chosen word 3 of 3"):
        Panel("mask 1", WORDS, SHARES, chosen=3)


def test_a_rank_counts_from_one() -> None:
    with pytest.raises(ValueError, match="rank 0"):
        Panel("mask 1", WORDS, SHARES, ("house", 0.5, 0))


@pytest.mark.parametrize(
    ("original", "row"),
    [
        (None, None),
        (("room", 0.25, 2), 1),
        (("yesterday", 0.0004, 231), None),
        (("yesterday", 0.25, 2), None),  # as likely as the second, and cut off
        (("door", 0.125, 2), 2),  # the caller sorts equal words otherwise
    ],
)
def test_the_original_is_found_among_the_words(original, row) -> None:
    assert Panel("mask 1", WORDS, SHARES, original).original_row == row


def test_of_words_that_read_alike_the_one_with_the_rank_is_the_original() -> None:
    assert Panel("mask 1", ("a", "a"), (0.5, 0.1), ("a", 0.1, 2)).original_row == 1


def test_more_than_eight_panels_are_refused() -> None:
    with pytest.raises(ValueError, match="9 panels"):
        predictions([Panel("mask", WORDS, SHARES)] * 9, key="predictions", label="masks")
    with pytest.raises(ValueError, match="0 panels"):
        predictions([], key="predictions", label="masks")


def test_probabilities_arrive_beside_those_before() -> None:
    panels = [
        Panel("mask 1", WORDS, SHARES, before=(0.25, 0.5, 0.0)),
        Panel("mask 2", WORDS[:1], SHARES[:1]),
    ]
    header, payload = decode(predictions_message(panels, label="masks"))
    now, before = unpack(payload, header["arrays"][0]).reshape(header["arrays"][0]["shape"])
    assert now.tolist() == [*SHARES, 0.5]
    assert before[:3].tolist() == [0.25, 0.5, 0.0]
    assert np.isnan(before[3])


def test_the_predictions_show_in_a_page_and_answer_nothing_before_a_click() -> None:
    def page() -> None:
        import streamlit as st

        from components.views.predictions import Panel, predictions

        panel = Panel("mask 1", ("house",), (0.5,), ("door", 0.0004, 231))
        st.write(repr(predictions([panel], key="predictions", label="masks", selectable=True)))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
