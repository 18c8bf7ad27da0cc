"""The seat of this session in a class: taken with a code, kept, and given back."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.classroom.state import CODE, LEFT, LOOKED, OVER, PROBLEM, REPLAYED, TICKET
from app.identity import LOCAL, identity, require_teacher
from core.classes import Seat, read_code
from core.errors import HeadlightError, InputError


def my_seat() -> Seat | None:
    """The seat of this session; None where it takes part in no class.

    A page that was loaded anew finds the seat of its browser again.
    """
    session = st.session_state
    if TICKET not in session and not session.get(LOOKED) and not session.get(LEFT):
        session[LOOKED] = True
        _sit_again()
    ticket = session.get(TICKET)
    if ticket is None:
        return None
    seat = resources.classes().seat(str(ticket))
    if seat is None:
        _stand_up()
        again = _sit_again()  # cleared while the machine slept
        if again is None and PROBLEM not in session:
            session[OVER] = True
        return again
    return seat


def _sit_again() -> Seat | None:
    """Take the seat that this browser had in a class, taught or followed; None where it had none,
    and where the class is full, which is said."""
    classes, member = resources.classes(), identity()
    try:
        found = classes.take_up(member) or classes.sit_again(member)
    except InputError as error:
        st.session_state[PROBLEM] = str(error)
        return None
    if found is not None:
        _sit(found)
    return found


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
