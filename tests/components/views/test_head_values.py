import json
import struct

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.head_values import head_values, values_message

VALUES = np.array([[0.0, 0.5, 0.25], [1.0, np.nan, 0.125]], np.float32)


def header(message: bytes) -> dict:
    (length,) = struct.unpack_from("<I", message)
    return json.loads(message[4 : 4 + length])


def test_a_wall_refuses_values_that_are_not_one_for_each_head() -> None:
    with pytest.raises(ValueError, match=r"\[layer, head\] is needed"):
        head_values(VALUES[0], key="wall", label="values")


def test_a_wall_refuses_values_without_an_end() -> None:
    with pytest.raises(ValueError, match="NaN says"):
        head_values(
            np.full((1, 2), -np.inf, np.float32), key="wall", label="values", scale="difference"
        )


@pytest.mark.parametrize("scale", ["share", "size"])
def test_only_a_difference_can_be_negative(scale: str) -> None:
    with pytest.raises(ValueError, match='need the scale "difference"'):
        head_values(-VALUES, key="wall", label="values", scale=scale)


def test_a_share_is_at_most_one() -> None:
    with pytest.raises(ValueError, match='need the scale "size"'):
        head_values(2 * VALUES, key="wall", label="values")


def test_a_wall_refuses_numbers_of_layers_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"layers \[7\]"):
        head_values(VALUES, key="wall", label="values", layers=[7])


def test_a_wall_refuses_a_layer_that_stands_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        head_values(VALUES, key="wall", label="values", layers=[7, 7])


def test_a_wall_refuses_a_mark_on_a_head_it_does_not_show() -> None:
    with pytest.raises(ValueError, match=r"marked head \(2, 0\)"):
        head_values(VALUES, key="wall", label="values", marked=[(2, 0, "control")])


def test_a_wall_refuses_a_scale_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="share, size, difference"):
        head_values(VALUES, key="wall", label="values", scale="logarithm")


@pytest.mark.parametrize(
    ("values", "scale", "limit"),
    [
        (VALUES / 2, "share", 1.0),
        (VALUES / 2, "size", 0.5),
        (np.array([[0.5, -1.5]], np.float32), "difference", 1.5),
        (np.zeros((1, 2), np.float32), "size", 0.001),
        (np.full((1, 2), np.nan, np.float32), "difference", 1.0),
    ],
)
def test_colours_end_at_the_largest_value(values: np.ndarray, scale: str, limit: float) -> None:
    assert header(values_message(values, key="w", label="v", scale=scale))["limit"] == limit


def test_all_heads_of_a_large_model_fit_into_few_bytes() -> None:
    values = np.random.default_rng(0).random((48, 25), np.float32)
    assert len(values_message(values, key="wall", label="values")) < 8_000


def test_a_wall_shows_in_a_page_and_answers_nothing_before_a_click() -> None:
    def page() -> None:
        import numpy as np
        import streamlit as st

        from components.views.head_values import head_values

        values = np.full((2, 3), 0.5, np.float32)
        st.write(repr(head_values(values, key="wall", label="values", selected=(9, 9))))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
