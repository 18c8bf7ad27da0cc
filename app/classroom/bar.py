"""What a class adds to the header: its code and who follows, and the way back to the teacher."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app import resources
from app.classroom import feed
from app.classroom.answers import answer_in_class, asked_question
from app.classroom.following import come_back, let_go
from app.classroom.seat import my_seat, said_once
from app.classroom.state import ANSWER, OVER, PROBLEM, REPLAYED
from app.frame import as_plain, framed
from components.views.class_live import class_live
from core.classes import Feed, Question, Seat
from core.language import _

TICK: Final = 1.0
"""Seconds between two looks where the browser is not told of news."""


def draw_seat() -> None:
    """The code of the class, and Explore alone or Back to the teacher."""
    seat = my_seat()
    if seat is None:
        return
    told = resources.classes().hear(seat.ticket)
    if told is None:
        return
    if feed.is_served():
        _live(seat, told)
    else:
        _look(seat, told.stamp)
    if seat.teacher:
        return
    if seat.following:
        st.button(_("Explore alone"), key="class_let_go", type="tertiary", on_click=let_go)
    else:
        st.button(_("Back to the teacher"), key="class_back", type="primary", on_click=come_back)


def draw_question() -> None:
    """Below the header: what the teacher asks, for a student to answer; or that the class ended."""
    with st.container(key="class_below", gap=None):  # always there: what follows keeps its place
        if said_once(OVER):
            st.info(_("The class is over; what you see stays."))
        seat, question = my_seat(), asked_question()
        if seat is None or seat.teacher or question is None:
            return
        with st.container(border=True):
            _ask(question)


def _live(seat: Seat, told: Feed) -> None:
    class_live(
        code=seat.code,
        feed=told,
        teacher=seat.teacher,
        address=f"{feed.PATH}/{seat.ticket}" if feed.is_served() else "",
        key="class_live",
    )


@st.fragment(run_every=TICK)
@framed
def _look(seat: Seat, stamp: int) -> None:
    """The same without news told: look every second."""
    told = resources.classes().hear(seat.ticket)
    known = st.session_state.get(REPLAYED, stamp)
    if told is None or (not seat.teacher and seat.following and told.stamp != known):
        st.rerun()
    if not seat.teacher and told.stamp != stamp:
        st.rerun()  # a question
    _live(seat, told)


def _ask(question: Question) -> None:
    key = f"{ANSWER}_{question.id}"
    st.markdown(f"**{as_plain(question.text)}**", width=680)
    if question.choices:
        st.pills(
            _("Your answer"),
            question.choices,
            key=key,
            on_change=_send,
            args=(question, key),
            label_visibility="collapsed",
        )
    else:
        st.text_input(
            _("Your answer"),
            key=key,
            max_chars=200,
            placeholder=_("Your answer"),
            on_change=_send,
            args=(question, key),
            label_visibility="collapsed",
            width=320,
        )
    if problem := said_once(PROBLEM):
        st.error(as_plain(problem))
    elif st.session_state.get(key):
        sent = _("Sent; the last answer counts.")
        st.markdown(f":small[{sent}]")


def _send(question: Question, key: str) -> None:
    answer_in_class(question.id, str(st.session_state.get(key) or ""), title=question.text)
