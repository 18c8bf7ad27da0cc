"""The tabs of the Generation page; the first two go on with the same text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from app.frame import framed
from app.generation.beams.room import show_beams
from app.generation.chat.room import show_chat
from app.generation.look import Look
from app.generation.score.room import show_score
from app.generation.state import GENERATION
from app.generation.step import show_step
from app.links import publish_link
from components.controls import choose_view
from core.language import _

ROOMS: Final[dict[str, Callable[[Look], None]]] = {
    "step": show_step,
    "beams": show_beams,
    "score": show_score,
    "chat": show_chat,
}


@st.fragment
@framed
def show_rooms(look: Look) -> None:
    """The tab that is chosen; a click in it runs only this again, not the page."""
    names = {
        "step": _("Step by step"),
        "beams": _("Beams"),
        "score": _("Score a text"),
        "chat": _("Chat"),
    }
    tab = choose_view(_("View"), names, key=GENERATION.key("tab"))
    try:
        ROOMS[tab](look)
    finally:
        publish_link(GENERATION)
