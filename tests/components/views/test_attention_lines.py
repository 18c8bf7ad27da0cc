import math
import struct

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.attention_lines import LEAST, MOST_HEADS, attention_lines, lines_message
from tests.components.views.test_message import decode, unpack

WEIGHTS = np.full((1, 2, 3), 1 / 3, np.float32)
QUERIES, KEYS = ["a", "b"], ["x", "y", "z"]


def rows_of_softmax(*shape: int, spread: float = 2.0, causal: bool = False) -> np.ndarray:
    scores = np.random.default_rng(0).normal(0, spread, shape)
    if causal:
        scores[..., *np.triu_indices(shape[-1], 1)] = -math.inf
    weights = np.exp(scores)
    return (weights / weights.sum(axis=-1, keepdims=True)).astype(np.float32)


def sent(weights: np.ndarray, **options: object) -> np.ndarray:
    """The weights that a browser reads from the message, in thousandths."""
    heads, queries, keys = weights.shape
    message = lines_message(
        weights,
        ["q"] * queries,
        ["k"] * keys,
        key="lines",
        title="head",
        names=[str(head) for head in range(heads)],
        **options,
    )
    header, payload = decode(message)
    return unpack(payload, header["arrays"][0]).reshape(weights.shape)


def test_lines_refuse_labels_that_do_not_fit_the_weights() -> None:
    with pytest.raises(ValueError, match="1 names, 2 query labels and 2 key labels"):
        attention_lines(WEIGHTS, QUERIES, QUERIES, key="lines", title="head", names=["head"])


def test_lines_refuse_names_that_do_not_fit_the_heads() -> None:
    with pytest.raises(ValueError, match="2 names"):
        attention_lines(WEIGHTS, QUERIES, KEYS, key="lines", title="head", names=["one", "two"])


def test_lines_refuse_more_heads_than_can_be_told_apart() -> None:
    many = np.repeat(WEIGHTS, MOST_HEADS + 1, axis=0)
    names = [str(head) for head in range(len(many))]
    with pytest.raises(ValueError, match="at most 8"):
        attention_lines(many, QUERIES, KEYS, key="lines", title="heads", names=names)


def test_lines_refuse_weights_that_are_not_numbers() -> None:
    with pytest.raises(ValueError, match="not finite"):
        attention_lines(WEIGHTS * np.nan, QUERIES, KEYS, key="lines", title="h", names=["h"])


@pytest.mark.parametrize("name", ["sink_columns", "special_keys", "key_gaps"])
def test_lines_refuse_a_key_they_do_not_have(name: str) -> None:
    with pytest.raises(ValueError, match=r"outside 0\.\.2"):
        attention_lines(WEIGHTS, QUERIES, KEYS, key="l", title="h", names=["h"], **{name: [3]})


def test_lines_refuse_a_selected_query_they_do_not_have() -> None:
    with pytest.raises(ValueError, match="selected query"):
        attention_lines(WEIGHTS, QUERIES, KEYS, key="l", title="h", names=["h"], selected_query=2)


def test_a_causal_head_refuses_more_queries_than_keys() -> None:
    turned = WEIGHTS.transpose(0, 2, 1)
    with pytest.raises(ValueError, match="at least as many keys"):
        attention_lines(turned, KEYS, QUERIES, key="l", title="h", names=["h"], causal=True)


def test_every_weight_that_is_drawn_is_sent_to_three_decimals() -> None:
    weights = rows_of_softmax(2, 40, 40)
    read = sent(weights)
    drawn = np.rint(1000 * weights) >= 1000 * LEAST
    assert drawn.any()
    assert (read[drawn] == np.rint(1000 * weights)[drawn]).all()


def test_the_three_largest_weights_of_every_token_are_sent_however_small() -> None:
    weights = rows_of_softmax(2, 200, 200, spread=0.1)  # all of them near 0.005
    read, thousandths = sent(weights), np.rint(1000 * weights)
    assert thousandths.max() < 1000 * LEAST
    for axis in (1, 2):
        largest = np.sort(thousandths, axis=axis).take([-1, -2, -3], axis=axis)
        assert (np.sort(read, axis=axis).take([-1, -2, -3], axis=axis) == largest).all()


def test_what_is_neither_drawn_nor_said_is_not_sent() -> None:
    read = sent(rows_of_softmax(1, 200, 200, spread=0.1))
    assert np.count_nonzero(read) <= 2 * 3 * 200


def test_a_text_of_one_token_can_be_sent() -> None:
    assert sent(np.ones((1, 1, 1), np.float32), causal=True).tolist() == [[[1000]]]


@pytest.mark.parametrize(("spread", "causal"), [(0.5, False), (2, False), (4, False), (2, True)])
def test_one_head_of_300_tokens_takes_at_most_100_kilobytes(spread: float, causal: bool) -> None:
    labels = [f"token{i % 90}" for i in range(300)]
    weights = rows_of_softmax(1, 300, 300, spread=spread, causal=causal)
    message = lines_message(weights, labels, labels, key="l", title="head", names=["head"])
    assert len(message) < 100_000


def test_keys_that_are_the_queries_are_sent_once() -> None:
    weights = rows_of_softmax(1, 2, 2)
    message = lines_message(weights, QUERIES, QUERIES, key="l", title="h", names=["h"])
    (length,) = struct.unpack_from("<I", message)
    assert b'"keys":null' in message[4 : 4 + length]


def test_lines_show_in_a_page_and_answer_nothing_before_a_click() -> None:
    def page() -> None:
        import numpy as np
        import streamlit as st

        from components.views.attention_lines import attention_lines

        weights = np.full((2, 2, 2), 0.5, np.float32)
        labels = ["a", "b"]
        names = ["layer 0 head 0", "layer 0 head 1"]
        answer = attention_lines(weights, labels, labels, key="lines", title="h", names=names)
        st.write(repr(answer))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
