"""Following: what the teacher shows, replayed in a student's session as a link would be.

A link holds all that defines what is shown, so nothing else has to travel. The student's language
stays the student's.
"""

from __future__ import annotations

import streamlit as st

from app import resources
from app.classroom.seat import my_seat
from app.classroom.state import LESSON, REPLAYED, TICKET
from app.course.places import forget_address
from app.course.state import OPEN_KEY
from app.navigation import is_page, page_path
from app.state import page_name


def follow(page: st.Page) -> None:
    """Bring this session to what its teacher shows, if it follows and there is something new.

    Whoever went to another page by themselves let go.
    """
    seat = my_seat()
    if seat is None or seat.teacher or not seat.following:
        return
    shown = resources.classes().shown(seat.ticket)
    if shown is None or not is_page(shown.page):
        return
    name = page_name(page)
    if st.session_state.get(REPLAYED) == shown.revision:
        if name != shown.page:
            resources.classes().follow(seat.ticket, False)
        return
    st.session_state[REPLAYED] = shown.revision
    forget_address(shown.page)
    link = dict(shown.link)
    anew = _open_lesson(link.pop(LESSON, ""))
    if anew or name != shown.page:
        st.switch_page(page_path(shown.page), query_params=link)
    st.query_params.from_dict(link)


def let_go() -> None:
    """Explore alone; what a click calls."""
    resources.classes().follow(str(st.session_state.get(TICKET)), False)


def come_back() -> None:
    """Follow again, from what the teacher shows now; what a click calls."""
    resources.classes().follow(str(st.session_state.get(TICKET)), True)
    st.session_state.pop(REPLAYED, None)


def _open_lesson(lesson: str) -> bool:
    """Let the lesson that the teacher opened stand beside the page; whether that changed."""
    if lesson == st.session_state.get(LESSON, ""):
        return False
    st.session_state[LESSON] = st.session_state[OPEN_KEY] = lesson
    return True
