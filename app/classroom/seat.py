"""The seat of this session in a class: taken with a code, kept, and given back."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app import resources
from app.classroom.state import CODE, LEFT, LOOKED, OVER, PROBLEM, REPLAYED, TICKET
from app.identity import identity, require_teacher
from core.classes import Seat, read_code
from core.errors import HeadlightError, InputError

LOCAL: Final = "this machine"
"""The address of a browser that runs on the server's own machine."""


def my_seat() -> Seat | None:
    """The seat of this session; None where it takes part in no class.

    A page that was loaded anew finds the seat of its browser again.
    """
    session = st.session_state
    if TICKET not in session and not session.get(LOOKED) and not session.get(LEFT):
        session[LOOKED] = True
        found = resources.classes().take_up(identity()) or resources.classes().sit_again(identity())
        if found is not None:
            _sit(found)
    ticket = session.get(TICKET)
    if ticket is None:
        return None
    seat = resources.classes().seat(str(ticket))
    if seat is None:
        _stand_up()
        again = resources.classes().sit_again(identity())  # cleared while the machine slept
        if again is None:
            session[OVER] = True
        else:
            _sit(again)
        return again
    return seat


def open_class() -> None:
    """Open a class and teach it; what a click calls."""
    try:
        require_teacher()
        _leave()
        _sit(resources.classes().open(identity()))
    except HeadlightError as error:
        st.session_state[PROBLEM] = str(error)


def enter_class() -> None:
    """Enter the class whose code was typed; what a click calls."""
    browser, address = identity(), st.context.ip_address or LOCAL
    try:
        code = read_code(str(st.session_state[CODE]))
        resources.guesses().require_patience(browser, address)
        try:
            seat = resources.classes().enter(code, browser)
        except InputError:
            resources.guesses().note_wrong(browser, address)
            raise
    except HeadlightError as error:
        st.session_state[PROBLEM] = str(error)
        return
    resources.guesses().note_right(browser)
    _leave()
    _sit(seat)


def leave_class() -> None:
    """Leave for good; what a click calls."""
    _leave()
    st.session_state[LEFT] = True


def end_class() -> None:
    """End the class that this session teaches; what a click calls."""
    try:
        resources.classes().close(str(st.session_state[TICKET]))
    except HeadlightError as error:
        st.session_state[PROBLEM] = str(error)
    _stand_up()


def said_once(key: str) -> str:
    """What stands under ``key``, which is forgotten with it."""
    return str(st.session_state.pop(key, ""))


def _sit(seat: Seat) -> None:
    session = st.session_state
    session[TICKET] = seat.ticket
    for key in (REPLAYED, LEFT, OVER):
        session.pop(key, None)


def _leave() -> None:
    ticket = st.session_state.get(TICKET)
    if ticket is not None:
        resources.classes().leave(str(ticket))
        _stand_up()


def _stand_up() -> None:
    st.session_state.pop(TICKET, None)
    st.session_state.pop(REPLAYED, None)
