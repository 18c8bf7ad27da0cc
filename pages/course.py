"""The course: twelve lessons, each beside the real page, and a place to write one."""

from __future__ import annotations

from app.course.rooms import open_asked, show_lessons
from app.course.state import COURSE
from app.links import open_link, publish_link
from app.notes import what_am_i_looking_at
from components.controls import choose_view
from core.language import _

open_link(COURSE)
open_asked()
names = {"lessons": _("Lessons"), "write": _("Write a lesson")}
tab = choose_view(_("View"), names, key=COURSE.key("tab"))
publish_link(COURSE)
if tab == "write":
    from app.course.writing import show_writing

    show_writing()
else:
    show_lessons()
what_am_i_looking_at(
    _(
        "Each lesson opens a real page in a prepared state and stands beside it in the sidebar. "
        "It asks for a guess, tells one thing, and asks a question whose answer stands in the "
        "numbers of the page. What you have done is kept for this browser, without an account. A "
        "teacher writes lessons in the other view and takes them along as files."
    )
)
