import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.attention_grid import GridHead, attention_grid, grid_message

HEADS = [GridHead(layer=0, head=0), GridHead(layer=0, head=1)]


def test_a_grid_refuses_thumbnails_that_are_not_pictures() -> None:
    with pytest.raises(ValueError, match="is needed"):
        attention_grid(HEADS, np.zeros((2, 3), np.float32), key="grid", label="heads")


def test_a_grid_takes_thumbnails_that_are_not_square() -> None:
    message = grid_message(HEADS, np.zeros((2, 3, 4), np.float32), key="grid", label="heads")
    assert b'"shape":[2,3,4]' in message


def test_a_causal_grid_refuses_more_rows_than_columns() -> None:
    thumbnails = np.zeros((2, 4, 3), np.float32)
    with pytest.raises(ValueError, match="at least as many columns"):
        attention_grid(HEADS, thumbnails, key="grid", label="heads", causal=True)


@pytest.mark.parametrize("tints", [[0.5], [0.5, 1.1], [0.5, float("nan")]])
def test_a_grid_refuses_tints_that_are_no_scores_of_its_heads(tints: list[float]) -> None:
    thumbnails = np.zeros((2, 4, 4), np.float32)
    with pytest.raises(ValueError, match="tints"):
        attention_grid(HEADS, thumbnails, key="grid", label="heads", tints=tints)


def test_a_grid_refuses_a_layout_it_does_not_know() -> None:
    thumbnails = np.zeros((2, 4, 4), np.float32)
    with pytest.raises(ValueError, match="labelled, wall, flow"):
        attention_grid(HEADS, thumbnails, key="grid", label="heads", layout="spiral")


def test_a_grid_refuses_another_number_of_thumbnails_than_heads() -> None:
    with pytest.raises(ValueError, match="2 heads and 3 thumbnails"):
        attention_grid(HEADS, np.zeros((3, 4, 4), np.float32), key="grid", label="heads")


def test_a_grid_refuses_thumbnails_nobody_pooled() -> None:
    with pytest.raises(ValueError, match="thumbnails of 65 columns"):
        attention_grid(HEADS, np.zeros((2, 65, 65), np.float32), key="grid", label="heads")


def test_a_grid_refuses_a_sink_outside_its_thumbnails() -> None:
    thumbnails = np.zeros((2, 4, 4), np.float32)
    with pytest.raises(ValueError, match="sink columns"):
        attention_grid(HEADS, thumbnails, key="grid", label="heads", sink_columns=[4])


def test_a_grid_refuses_a_head_that_stands_twice() -> None:
    thumbnails = np.zeros((2, 4, 4), np.float32)
    with pytest.raises(ValueError, match="twice"):
        attention_grid([HEADS[0]] * 2, thumbnails, key="grid", label="heads")


def test_a_grid_shows_in_a_page_and_answers_nothing_before_a_click() -> None:
    def page() -> None:
        import numpy as np
        import streamlit as st

        from components.views.attention_grid import GridHead, attention_grid

        heads = [GridHead(layer=0, head=head, caption="self", score=0.5) for head in range(3)]
        weights = np.stack([np.eye(4, dtype=np.float32)] * 3)
        st.write(repr(attention_grid(heads, weights, key="grid", label="heads", selected=(0, 1))))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
