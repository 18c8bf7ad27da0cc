"""What the session and an address hold for the Course page, and for a lesson beside a page."""

from __future__ import annotations

from typing import Final

from app.codec import PageState, Param, one_of

COURSE: Final = PageState(
    page="course",
    params=(
        Param(name="tab", default=lambda: "lessons", parse=one_of("lessons", "write")),
        # a link to a lesson: it is opened at once
        Param(name="lesson", default=str),
    ),
)

OPEN_KEY: Final = "course.open"
"""The id of the lesson that stands beside the pages, "" for none; missing in a new session."""
TRIES_KEY: Final = "course.tries"
"""How often the question of the open lesson was answered wrongly."""
SHOWN_KEY: Final = "course.shown"
"""Whether the answer of the open lesson was given up, and is shown."""
EDITED_KEY: Final = "course.edited"
"""The id of the lesson that is being written."""
LINK_KEY: Final = "course.link"
RIGHT_KEY: Final = "course.right"
SEEN_KEY: Final = "course.seen"
"""What the form of a lesson holds beside its texts: the link, the right choice, a page left."""


def text_key(field: str, language: str) -> str:
    """The key of a text of the lesson that is being written."""
    return f"course.write.{field}.{language}"


def answer_key(lesson: str, number: int) -> str:
    """The key of what is typed as an answer."""
    return f"course.answer.{lesson}.{number}"


def guess_key(lesson: str) -> str:
    """The key of the guess of a lesson."""
    return f"course.guess.{lesson}"
