"""The tabs of the Masked words page; all but the last read the same text."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

import streamlit as st

from app.frame import framed
from app.links import publish_link
from app.masked.fill import show_fill
from app.masked.look import Look
from app.masked.moves import MASKS
from app.masked.next_sentence import show_next
from app.masked.scheme import show_scheme
from app.masked.score import show_score
from app.masked.state import MASKED
from app.masked.table import show_table
from app.masked.two_models import show_two_models
from app.notes import note_cut
from components.controls import choose_view
from core.errors import HeadlightError
from core.language import _

ROOMS: Final[dict[str, Callable[[Look], None]]] = {
    "fill": show_fill,
    "scheme": show_scheme,
    "score": show_score,
    "next": show_next,
    "models": show_two_models,
    "table": show_table,
}


READ_IT: Final = ("fill", "scheme", "score", "models")
"""The tabs that read the text of the page."""


@st.fragment
@framed
def show_rooms(look: Look) -> None:
    """The tab that is chosen; a click in it runs only this again, not the page."""
    names = {
        "fill": _("Fill"),
        "scheme": _("Mask like BERT"),
        "score": _("Score"),
        "next": _("Next sentence"),
        "models": _("Two models"),
        "table": _("Many sentences"),
    }
    tab = choose_view(_("View"), names, key=MASKED.key("tab"))
    now = replace(look, masks=tuple(st.session_state[MASKS]))  # a click here changes them
    if tab in READ_IT:
        with suppress(HeadlightError):  # which the room itself says
            note_cut(now.original())
    try:
        ROOMS[tab](now)
    finally:
        publish_link(MASKED)
