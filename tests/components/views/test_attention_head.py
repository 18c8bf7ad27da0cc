import json
import struct
import zlib

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.attention_head import attention_head, head_message

WEIGHTS = np.full((2, 3), 1 / 3, np.float32)
QUERIES, KEYS = ["a", "b"], ["x", "y", "z"]


def test_a_head_refuses_labels_that_do_not_fit_its_weights() -> None:
    with pytest.raises(ValueError, match="2 query labels and 2 key labels"):
        attention_head(WEIGHTS, QUERIES, QUERIES, key="head", title="layer 0 head 0")


def test_a_head_refuses_weights_that_are_not_numbers() -> None:
    with pytest.raises(ValueError, match="not finite"):
        attention_head(WEIGHTS * np.nan, QUERIES, KEYS, key="head", title="layer 0 head 0")


def test_a_head_refuses_a_selected_query_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="selected query"):
        attention_head(WEIGHTS, QUERIES, KEYS, key="head", title="head", selected_query=2)


def test_a_head_refuses_a_sink_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="sink column"):
        attention_head(WEIGHTS, QUERIES, KEYS, key="head", title="head", sink_columns=[3])


def test_a_causal_head_refuses_more_queries_than_keys() -> None:
    with pytest.raises(ValueError, match="at least as many keys"):
        attention_head(WEIGHTS.T, KEYS, QUERIES, key="head", title="head", causal=True)


def header(message: bytes) -> dict:
    (length,) = struct.unpack_from("<I", message)
    return json.loads(message[4 : 4 + length])


@pytest.mark.parametrize(
    ("largest", "limit"),
    [(0.0, 0.05), (0.05, 0.05), (0.051, 0.1), (0.412, 0.45), (0.6, 0.6), (1.0, 1.0)],
)
def test_differences_are_coloured_to_the_next_twentieth(largest: float, limit: float) -> None:
    weights = np.array([[0, -largest, largest / 2]] * 2, np.float32)
    message = head_message(weights, QUERIES, KEYS, key="head", title="head", scale="difference")
    assert header(message)["limit"] == limit


def test_differences_keep_their_sign_and_have_no_sinks() -> None:
    weights = np.array([[0.25, -0.3333, 0]] * 2, np.float32)
    message = head_message(
        weights, QUERIES, KEYS, key="head", title="head", scale="difference", sink_columns=[0]
    )
    said = header(message)
    assert said["sinks"] == []
    assert said["arrays"][0]["dtype"] == "int16"
    (length,) = struct.unpack_from("<I", message)
    sent = np.frombuffer(zlib.decompress(message[4 + length :]), "<i2", 6)
    assert sent.tolist() == [250, -333, 0] * 2


def test_a_head_refuses_a_scale_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="weights, difference"):
        attention_head(WEIGHTS, QUERIES, KEYS, key="head", title="head", scale="logarithm")


def test_a_head_shows_in_a_page_and_answers_nothing_before_a_click() -> None:
    def page() -> None:
        import numpy as np
        import streamlit as st

        from components.views.attention_head import attention_head

        weights = np.full((2, 2), 0.5, np.float32)
        answer = attention_head(weights, ["a", "b"], ["a", "b"], key="head", title="head")
        st.write(repr(answer))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
