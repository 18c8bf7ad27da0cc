"""The tabs of the Prompts page; all go on with the same prompt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from app import resources
from app.frame import framed
from app.links import publish_link
from app.prompts.build import show_build
from app.prompts.improve import show_improve
from app.prompts.library_room import show_library
from app.prompts.look import Look, look_now
from app.prompts.measure import show_measure
from app.prompts.opening import run_all_if_asked
from app.prompts.state import PROMPTS
from components.controls import choose_view
from core.language import _

ROOMS: Final[dict[str, Callable[[Look], None]]] = {
    "build": show_build,
    "measure": show_measure,
    "improve": show_improve,
    "library": show_library,
}


@st.fragment
@framed
def show_rooms() -> None:
    """The tab that is chosen; a click in it runs only this again, not the page."""
    run_all_if_asked()
    names = {
        "build": _("Build"),
        "measure": _("Measure"),
        "improve": _("Improve"),
        "library": _("Library"),
    }
    tab = choose_view(_("View"), names, key=PROMPTS.key("tab"))
    try:
        ROOMS[tab](look_now(resources.available_models()))
    finally:
        publish_link(PROMPTS)
