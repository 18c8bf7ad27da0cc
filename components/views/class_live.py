"""A class in the header: its code and how many follow, kept up to date by the browser itself.

The browser holds a request open and is told news; a student's browser then asks for a rerun, a
teacher's only writes the new numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from components.views.message import Json
from components.views.view import register_view, show
from core.classes import Feed
from core.language import _

_mount = register_view("class_live", drawn=False)
_mount_answers = register_view("class_answers", drawn=False)


def class_live(*, code: str, feed: Feed, teacher: bool, address: str, key: str) -> None:
    """Show the code of a class; at news a student's page runs again.

    What came is not read: the run looks at the class itself. ``address`` is where news are told,
    relative to the server; without one the page has to look.
    """
    content: dict[str, Json] = {
        "code": code,
        "teacher": teacher,
        "address": address,
        "feed": feed_content(feed),
        "texts": {"follow": _("{count} follow"), "code": _("Class code")},
    }

    _mount(key=key, data=content, width="content", on_selected_change=lambda: None)


def class_answers(*, feed: Feed, key: str) -> None:
    """Show the spread of the answers, kept up to date by ``class_live``."""
    content: dict[str, Json] = {
        "feed": feed_content(feed),
        "texts": {"none": _("No answers yet."), "total": _("{count} answers")},
    }
    show(_mount_answers, content, key=key, read=lambda _sent: None)


def feed_content(feed: Feed) -> dict[str, Json]:
    """The feed as the browser reads it, the same as it is told later."""
    return {
        "stamp": feed.stamp,
        "followers": feed.followers,
        "spreads": [
            {"title": spread.title, "answers": _pairs(spread.answers)} for spread in feed.spreads
        ],
    }


def _pairs(answers: Sequence[tuple[str, int]]) -> list[Json]:
    return [[answer, count] for answer, count in answers]
