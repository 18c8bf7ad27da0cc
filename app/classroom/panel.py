"""The panel of the class in the header: enter or open one; for a teacher, answers and questions."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.classroom.following import come_back, let_go
from app.classroom.seat import (
    end_class,
    enter_class,
    leave_class,
    my_seat,
    open_class,
    said_once,
)
from app.classroom.state import ADDRESS, CHOICES, CODE, PROBLEM, PROJECTOR, QUESTION
from app.classroom.teaching import ask, show_address, take_back
from app.frame import as_plain
from app.identity import is_teacher
from components.views.class_live import class_answers
from core.classes import Seat
from core.language import _


def draw_panel() -> None:
    """What the button Class opens."""
    seat = my_seat()
    if seat is None:
        _draw_door()
    elif seat.teacher:
        _draw_teacher(seat)
    else:
        _draw_student(seat)
    if problem := said_once(PROBLEM):
        st.error(as_plain(problem))
    st.toggle(_("Projector: larger type, fewer controls"), key=PROJECTOR, persist_state="session")


def _draw_door() -> None:
    with st.form("class_door", border=False):
        st.text_input(
            _("Class code"),
            key=CODE,
            max_chars=20,
            help=_("Your page then shows what the teacher's page shows, until you let go."),
        )
        st.form_submit_button(_("Follow the teacher"), key="class_enter", on_click=enter_class)
    if is_teacher():
        st.button(
            _("Open a class"),
            key="class_open",
            help=_("You get a code; whoever enters it sees what your page shows."),
            on_click=open_class,
        )


def _draw_student(seat: Seat) -> None:
    said = (
        _("Class {code}: your page follows the teacher's. Another page lets go too.")
        if seat.following
        else _("Class {code}: you explore alone.")
    )
    st.markdown(said.format(code=seat.code), width=320)
    if seat.following:
        st.button(_("Explore alone"), key="class_panel_let_go", on_click=let_go)
    else:
        st.button(_("Back to the teacher"), key="class_panel_back", on_click=come_back)
    st.button(_("Leave the class"), key="class_leave", on_click=leave_class)


def _draw_teacher(seat: Seat) -> None:
    st.markdown(
        _(
            "Class {code}: whoever enters this code sees what your page shows. It is good for "
            "four hours after your last change."
        ).format(code=f"**{seat.code}**"),
        width=360,
    )
    told = resources.classes().hear(seat.ticket)
    if told is not None:
        class_answers(feed=told, key="class_answers")
    shown = resources.classes().shown(seat.ticket)
    if shown is not None and shown.question is not None:
        st.button(_("Take the question back"), key="class_take_back", on_click=take_back)
    else:
        with st.form("class_ask", border=False, clear_on_submit=True):
            st.text_input(_("A question for all"), key=QUESTION, max_chars=300)
            st.text_area(
                _("Choices, one a line"),
                key=CHOICES,
                height=80,
                max_chars=600,
                help=_("Without choices everybody writes an answer."),
            )
            st.form_submit_button(_("Ask"), key="class_ask_button", on_click=ask)
    with st.form("class_address", border=False, clear_on_submit=True):
        st.text_input(
            _("A student's link"),
            key=ADDRESS,
            help=_("It is opened here and so for all; only pages of this server."),
        )
        handed = st.form_submit_button(_("Show it to all"), key="class_show_address")
    if handed:
        show_address()
    st.button(_("End the class"), key="class_end", on_click=end_class)
