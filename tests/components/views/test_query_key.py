from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.query_key import query_key, query_key_message
from core.attention.query_key import QueryKeyDetail
from tests.components.looking import look
from tests.components.views.test_message import decode, unpack

LABELS = ["a", "b", "c"]
DETAIL = look(3, 4, 1)


def arrays_of(detail: QueryKeyDetail) -> tuple[dict, list[np.ndarray]]:
    labels = [f"token{i}" for i in range(len(detail.dot))]
    header, payload = decode(query_key_message(detail, "q", labels, key="qk", title="head"))
    arrays = [unpack(payload, each).reshape(each["shape"]) for each in header["arrays"]]
    return header, arrays


def test_the_view_refuses_labels_that_do_not_fit_its_keys() -> None:
    with pytest.raises(ValueError, match=r"shape \(3,\) and 2 key labels"):
        query_key(DETAIL, "b", LABELS[:2], key="qk", title="head")


def test_the_view_refuses_a_query_of_another_dimension() -> None:
    wrong = replace(DETAIL, query_vector=DETAIL.query_vector[:-1])
    with pytest.raises(ValueError, match="a query vector of shape"):
        query_key(wrong, "b", LABELS, key="qk", title="head")


def test_the_view_refuses_vectors_that_are_not_numbers() -> None:
    wrong = replace(DETAIL, key_vectors=DETAIL.key_vectors * np.nan)
    with pytest.raises(ValueError, match="not finite"):
        query_key(wrong, "b", LABELS, key="qk", title="head")


def test_the_view_refuses_a_selected_key_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="selected key"):
        query_key(DETAIL, "b", LABELS, key="qk", title="head", selected_key=3)


def test_the_view_refuses_a_special_key_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="special key"):
        query_key(DETAIL, "b", LABELS, key="qk", title="head", special_keys=[3])


def test_the_view_refuses_a_query_that_sees_nothing() -> None:
    with pytest.raises(ValueError, match="sees no key"):
        query_key(replace(DETAIL, seen=np.zeros(3, bool)), "b", LABELS, key="qk", title="head")


def test_query_and_keys_arrive_bit_by_bit() -> None:
    detail = look(20, 64, 7, causal=True)
    header, (query, keys, numbers, seen) = arrays_of(detail)
    assert (query == detail.query_vector).all()
    assert (keys == detail.key_vectors).all()
    assert (numbers[0] == detail.dot.astype(np.float32)).all()
    assert (numbers[4] == detail.weights).all()
    assert seen.astype(bool).tolist() == detail.seen.tolist()
    assert header["scaling"] == detail.scaling


def test_the_steps_that_a_model_has_are_told() -> None:
    plain, _ = arrays_of(look(4, 8, 1))
    assert (plain["softcap"], plain["biased"]) == (None, False)
    capped, _ = arrays_of(look(4, 8, 1, softcap=50.0))
    assert capped["softcap"] == 50.0
    detail = look(4, 8, 1, biased=True)
    biased, arrays = arrays_of(detail)
    assert biased["biased"] is True
    assert detail.bias is not None
    assert (arrays[2][2] == detail.bias).all()


def test_512_tokens_of_64_dimensions_take_at_most_150_kilobytes() -> None:
    labels = [f"token{i % 90}" for i in range(512)]
    message = query_key_message(look(512, 64, 400), "q", labels, key="qk", title="head")
    assert len(message) < 150_000


def test_the_view_shows_in_a_page_and_answers_nothing_before_a_click() -> None:
    def page() -> None:
        import streamlit as st

        from components.views.query_key import query_key
        from tests.components.looking import look

        answer = query_key(look(2, 4, 1), "b", ["a", "b"], key="qk", title="head")
        st.write(repr(answer))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
