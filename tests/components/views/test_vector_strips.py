import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.views.vector_strips import Strip, strips_message, vector_strips
from tests.components.views.test_message import decode, unpack

POOLED = Strip("p", np.array([0.5, -0.75, 0.0], np.float32), note="3 numbers")
LOGITS = Strip("z", np.array([-2.5, 1.0]))


@pytest.mark.parametrize("shape", [(), (0,), (2, 2), (8193,)])
def test_a_strip_refuses_what_is_no_vector(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="h: a vector of 1 to 8192 numbers"):
        Strip("h", np.zeros(shape, np.float32))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_strip_refuses_numbers_that_are_not_finite(value: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        Strip("h", np.array([0.0, value]))


def test_there_is_at_least_one_strip() -> None:
    with pytest.raises(ValueError, match="no strip"):
        vector_strips([], key="strips", label="nothing")


def test_vectors_arrive_bit_by_bit() -> None:
    long = Strip("h", np.random.default_rng(0).normal(size=384).astype(np.float32))
    header, payload = decode(strips_message([long, POOLED, LOGITS], label="path"))
    arrays = [unpack(payload, each) for each in header["arrays"]]
    for strip, array in zip((long, POOLED, LOGITS), arrays, strict=True):
        assert (array == strip.values).all()
    assert [strip["title"] for strip in header["strips"]] == ["h", "p", "z"]
    assert header["strips"][1]["note"] == "3 numbers"


def test_each_strip_has_colours_to_its_own_largest_number() -> None:
    header, _ = decode(strips_message([POOLED, LOGITS], label="path"))
    assert [strip["limit"] for strip in header["strips"]] == [0.75, 2.5]


def test_shared_colours_end_at_the_largest_number_of_all() -> None:
    header, _ = decode(strips_message([POOLED, LOGITS], label="path", shared=True))
    assert [strip["limit"] for strip in header["strips"]] == [2.5, 2.5]


def test_a_vector_of_zeros_is_drawn_as_zeros() -> None:
    assert Strip("h", np.zeros(4, np.float32)).limit == 1.0


def test_strips_show_in_a_page_and_answer_nothing() -> None:
    def page() -> None:
        import numpy as np
        import streamlit as st

        from components.views.vector_strips import Strip, vector_strips

        st.write(repr(vector_strips([Strip("h", np.ones(3))], key="strips", label="path")))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
