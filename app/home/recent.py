"""Recent work of this browser: noted when a page publishes its link, shown on the first page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from app import resources
from app.classroom.seat import my_seat
from app.classroom.state import TICKET
from app.frame import as_plain
from app.identity import identity
from app.navigation import page_path, page_titles
from core.language import _

NOT_WORK: Final = frozenset({"home", "guide", "course", "models"})
"""Pages that are a way to others."""
NOTED: Final = "recent.noted"
"""The session key of what was noted last."""
LONGEST: Final = 60


def note_work(page: str, link: Mapping[str, str]) -> None:
    """Note what a page shows, unless it is the teacher's who is followed."""
    work = (page, {name: value for name, value in link.items() if name not in ("lang", "mode")})
    if page in NOT_WORK or st.session_state.get(NOTED) == work:
        return
    seat = my_seat() if TICKET in st.session_state else None
    if seat is not None and seat.following:
        return
    st.session_state[NOTED] = work
    resources.recent_work().note(identity(), *work)


def draw_recent() -> None:
    """The pages that this browser was on last, each as it was left."""
    titles = page_titles()
    found = [each for each in resources.recent_work().of(identity()) if each.page in titles]
    if not found:
        return
    st.header(_("Go on"), anchor=False)
    with st.container(horizontal=True):
        for each in found:
            text = " ".join(each.link.get("text", "").split())
            about = text if len(text) <= LONGEST else text[:LONGEST] + "…"
            with st.container(width=260, border=True, gap="small"):
                st.page_link(
                    page_path(each.page),
                    label=titles[each.page],
                    icon=":material/history:",
                    query_params=dict(each.link),
                )
                if about:
                    st.markdown(f":small[{as_plain(about)}]")
