"""Answers of a student to a question that any page asks, such as a lesson's."""

from __future__ import annotations

from app import resources
from app.classroom.seat import my_seat
from core.classes import Question


def in_class() -> bool:
    """Whether this session sits in a class, as a student."""
    seat = my_seat()
    return seat is not None and not seat.teacher


def answer_in_class(question: str, answer: str, *, title: str) -> None:
    """Add an answer to the spread that the teacher sees; nothing outside a class.

    ``question`` names the question for good, ``title`` is how the teacher reads it.
    """
    seat = my_seat()
    if seat is not None and answer.strip():
        resources.classes().answer(seat.ticket, question, answer, title=title)


def asked_question() -> Question | None:
    """What the teacher asks at this moment."""
    seat = my_seat()
    shown = None if seat is None else resources.classes().shown(seat.ticket)
    return None if shown is None else shown.question
