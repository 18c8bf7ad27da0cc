"""What a click brings into the rooms: a template that was found, or a prompt that was saved."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.prompts.state import PROMPTS


def bring(values: Mapping[str, object], *, tab: str = "build") -> None:
    """Put ``values`` of the page's parameters into the session, and show the room ``tab``."""
    for name, value in values.items():
        st.session_state[PROMPTS.key(name)] = value
    st.session_state[PROMPTS.key("tab")] = tab


def words_text(words: Mapping[str, object]) -> str:
    """Labels and their words as the page has them: a label a line."""
    lines = []
    for label, own in words.items():
        shown = own if isinstance(own, str) else ", ".join(map(str, own))  # type: ignore[call-overload]
        lines.append(f"{label}: {shown}")
    return "\n".join(lines)
