"""What stands above every page: its title, the link to what is shown, and the language."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.classroom.bar import draw_question, draw_seat
from app.classroom.panel import draw_panel
from app.projector import is_projector, set_type_size
from app.state import LANGUAGE_KEY, PAGE_STATES, language_code
from components.views.copy_link import copy_link
from core.errors import LinkError
from core.language import DEFAULT_LANGUAGE, LANGUAGES, _, current_language

WRITTEN_KEY: Final = "language._written"


def choose_language() -> None:
    """Settle the language of this run: the link's, else the session's, else the browser's."""
    asked = st.query_params.get("lang")
    if asked is not None and asked != st.session_state.get(WRITTEN_KEY):
        try:
            st.session_state[LANGUAGE_KEY] = language_code(asked)
        except LinkError:
            st.session_state.setdefault(LANGUAGE_KEY, DEFAULT_LANGUAGE)
        st.session_state[WRITTEN_KEY] = asked
    if LANGUAGE_KEY not in st.session_state:
        locale = st.context.locale or ""
        st.session_state[LANGUAGE_KEY] = (
            "zh" if locale.lower().startswith("zh") else DEFAULT_LANGUAGE
        )


def header(title: str) -> None:
    """Draw the row at the top: the page's ``title``, and at the right what every page has."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(title, anchor=False)
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            set_type_size()
            draw_seat()
            if not is_projector():
                copy_link(key="copy_link")
            with st.popover(
                _("Class"), icon=":material/school:", type="tertiary", key="class_panel"
            ):
                draw_panel()
            if not is_projector():
                _choose()
    draw_question()


def _choose() -> None:
    st.segmented_control(
        _("Language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key=LANGUAGE_KEY,
        persist_state="session",
        on_change=_follow,
        args=(current_language(),),
        required=True,
        label_visibility="collapsed",
    )


def _follow(left: str) -> None:
    for state in PAGE_STATES:
        state.follow_language(st.session_state, left)
