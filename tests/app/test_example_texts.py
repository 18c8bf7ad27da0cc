"""An example text follows the model that is chosen; what somebody typed stays."""

import pytest
from streamlit.testing.v1 import AppTest

from app.examples import EXAMPLES


def _pick():
    import streamlit as st

    from app.example_texts import follow_model
    from app.state import ATTENTION, GENERATION, MASKED

    state = {each.page: each for each in (ATTENTION, GENERATION, MASKED)}[st.session_state["page"]]
    follow_model(state)


def _followed(page, model, text):
    shown = AppTest.from_function(_pick)
    shown.session_state["page"] = page
    shown.session_state[f"{page}.model"] = model
    shown.session_state[f"{page}.text"] = text
    if page == "attention":
        shown.session_state["attention.stack"] = "self"
    shown.run()
    assert not shown.exception
    return shown.session_state


ENGLISH, CHINESE = EXAMPLES["en"], EXAMPLES["zh"]


@pytest.mark.parametrize(
    ("page", "model", "text", "expected"),
    [
        ("attention", "numbers-to-words", ENGLISH.text, "en: 30528"),
        ("attention", "minilm-l6", "zh: 30528", ENGLISH.text),
        ("attention", "numbers-to-words", "en: 7", "en: 7"),
        ("generation", "numbers-to-words", CHINESE.prompt, "en: 30528"),
        ("generation", "smollm2-135m-instruct", "en: 30528", ENGLISH.prompt),
        ("attention", "minilm-l6", CHINESE.text, ENGLISH.text),
        ("masked", "minilm-l6-masked", "Mine.", "Mine."),
    ],
)
def test_an_example_follows_the_model_and_what_was_typed_stays(page, model, text, expected):
    assert _followed(page, model, text)[f"{page}.text"] == expected


def test_the_encoder_decoder_opens_on_its_cross_attention():
    found = _followed("attention", "numbers-to-words", ENGLISH.text)
    assert found["attention.stack"] == "cross"
