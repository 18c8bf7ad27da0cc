"""What a click brings into the rooms: a template that was found, or a prompt that was saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from app.prompts.state import PROMPTS

_ALL: Final = "prompts._all"


def bring(values: Mapping[str, object], *, tab: str = "build") -> None:
    """Put ``values`` of the page's parameters into the session, and show the room ``tab``."""
    for name, value in values.items():
        st.session_state[PROMPTS.key(name)] = value
    st.session_state[PROMPTS.key("tab")] = tab
    ask_for_all()


def ask_for_all() -> None:
    """Let the whole page run again: a click in a fragment runs only that."""
    st.session_state[_ALL] = True


def run_all_if_asked() -> None:
    """Run the whole page again where a click asked for it; fragments begin with this."""
    if st.session_state.pop(_ALL, False):
        st.rerun()


def words_text(words: Mapping[str, object]) -> str:
    """Labels and their words as the page has them: a label a line."""
    lines = []
    for label, own in words.items():
        shown = own if isinstance(own, str) else ", ".join(map(str, own))  # type: ignore[call-overload]
        lines.append(f"{label}: {shown}")
    return "\n".join(lines)
