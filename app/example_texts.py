"""The example text that goes with a model: it changes with the model, what somebody typed does not.

A page passes ``follow_model`` to its picker of models.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.codec import PageState
from app.examples import EXAMPLES, NUMBERS_MODEL, own_text
from core.language import LANGUAGES, speaking

TEXT: Final = "text"


def follow_model(state: PageState) -> None:
    """Where an example stands as the text of a page, put the one that goes with its model."""
    key = state.key(TEXT)
    if str(st.session_state.get(key, "")) not in known_texts(state):
        return
    model = str(st.session_state[state.key("model")])
    st.session_state[key] = own_text(state.page, model) or _default(state)
    if model == NUMBERS_MODEL and any(param.name == "stack" for param in state.params):
        st.session_state[state.key("stack")] = "cross"  # what it is there for


def known_texts(state: PageState) -> frozenset[str]:
    """The examples that a page may show, in every language and of every model."""
    found = set()
    for language in LANGUAGES:
        with speaking(language):
            found.add(_default(state))
            found |= {own_text(state.page, model) for model in _models()}
    return frozenset(filter(None, found))


def _models() -> set[str]:
    named = {NUMBERS_MODEL}
    for each in EXAMPLES.values():
        named |= {each.model, each.masked_model, each.causal_model, *each.tokenizers}
    return named


def _default(state: PageState) -> str:
    return str(next(param for param in state.params if param.name == TEXT).default())
