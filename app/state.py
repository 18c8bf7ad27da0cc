"""Session keys, and what the session and an address hold for each page.

A page with rooms of its own says it in the ``state.py`` beside them.
"""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.anatomy.state import ANATOMY
from app.attention.state import ATTENTION
from app.codec import PageState, Param, one_of
from app.course.state import COURSE
from app.examples import examples
from app.generation.state import GENERATION
from app.guide.state import GUIDE
from app.masked.state import MASKED
from app.prompts.state import PROMPTS
from app.tasks.state import TASKS
from app.train.state import TRAIN
from core.language import DEFAULT_LANGUAGE, LANGUAGES

LANGUAGE_KEY: Final = "language"
IDENTITY_KEY: Final = "identity"
TEACHER_KEY: Final = "teacher"


def session_language() -> str:
    """The language of the session that runs now; English in a thread that serves nobody."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return DEFAULT_LANGUAGE
    return str(st.session_state.get(LANGUAGE_KEY, DEFAULT_LANGUAGE))


def language_code(text: str) -> str:
    """A key of ``LANGUAGES``."""
    return one_of(*LANGUAGES)(text)


def page_name(page: st.Page) -> str:
    """What a page is called in an address and in the navigation; the default page is Home."""
    return page.url_path or "home"


HOME: Final = PageState(
    page="home",
    params=(Param(name="word", default=lambda: examples().words[0]),),
)

TOKENS: Final = PageState(
    page="tokens",
    params=(
        Param(name="text", default=lambda: examples().text),
        Param(name="first", default=lambda: examples().tokenizers[0]),
        Param(name="second", default=lambda: examples().tokenizers[1]),
        Param(name="third", default=str),
        Param(name="other", default=lambda: examples().batch),
    ),
)

MODELS: Final = PageState(page="models", params=())

PAGE_STATES: Final = (
    *(HOME, COURSE, GUIDE, TOKENS, ATTENTION, ANATOMY, MASKED, GENERATION, PROMPTS, TASKS, TRAIN),
    MODELS,
)
