"""Teaching: whatever the teacher's page publishes as its link is shown to the class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from app import resources
from app.classroom.address import read_address
from app.classroom.seat import my_seat
from app.classroom.state import ADDRESS, CHOICES, LESSON, PROBLEM, QUESTION, TICKET
from app.course.places import forget_address
from app.course.state import OPEN_KEY
from app.navigation import page_path
from core.errors import HeadlightError

OWN: Final = frozenset({"lang", "mode"})
"""What of a link is a reader's own: it is not shown to the class."""


def show_class(page: str, link: Mapping[str, str]) -> None:
    """Show the class a page, if this session teaches one."""
    if TICKET not in st.session_state:
        return
    seat = my_seat()
    if seat is not None and seat.teacher:
        shared = {name: value for name, value in link.items() if name not in OWN}
        opened = str(st.session_state.get(OPEN_KEY) or "")
        resources.classes().show(seat.ticket, page, shared | ({LESSON: opened} if opened else {}))


def ask() -> None:
    """Ask the class what was typed; what a click calls."""
    choices = str(st.session_state.get(CHOICES, "")).splitlines()
    _try_to_ask(str(st.session_state.get(QUESTION, "")), choices)


def take_back() -> None:
    """Take the question back; what a click calls."""
    _try_to_ask("", [])


def open_address() -> tuple[str, dict[str, str]] | None:
    """The page and parameters of a link that was handed in; None, with a sentence, where it leads
    outside or nowhere."""
    try:
        return read_address(str(st.session_state.get(ADDRESS, "")), str(st.context.url or ""))
    except HeadlightError as error:
        st.session_state[PROBLEM] = str(error)
        return None


def show_address() -> None:
    """Open the link that was handed in, here and so in the class. Never returns where it is one."""
    found = open_address()
    if found is not None:
        forget_address(found[0])
        st.switch_page(page_path(found[0]), query_params=found[1])


def _try_to_ask(text: str, choices: list[str]) -> None:
    try:
        resources.classes().ask(str(st.session_state[TICKET]), text, choices)
    except HeadlightError as error:
        st.session_state[PROBLEM] = str(error)
