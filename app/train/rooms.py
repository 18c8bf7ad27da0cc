"""The tabs of the Train page."""

from __future__ import annotations

import streamlit as st

from app.frame import framed
from app.links import publish_link
from app.train.new import show_new
from app.train.runs import show_runs
from app.train.state import TRAIN
from components.controls import choose_view
from core.language import _


@st.fragment
@framed
def show_rooms() -> None:
    """The tab that is chosen; a click in it runs only this again, not the page."""
    names = {"new": _("New run"), "runs": _("Runs")}
    tab = choose_view(_("View"), names, key=TRAIN.key("tab"))
    try:
        if tab == "new":
            show_new()
        else:
            show_runs()
    finally:
        publish_link(TRAIN)
