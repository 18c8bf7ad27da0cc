"""The ways into the app: the course, and the map from theory to practice."""

from __future__ import annotations

import streamlit as st

from app.course.lessons import my_progress, next_lesson, open_lesson
from app.frame import as_plain, framed
from app.navigation import page_path
from app.theory import map_nodes, page_of
from components.views.theory_map import theory_map
from core.language import _


@framed
def show_course() -> None:
    """The way into the course, and to the Guide behind it."""
    st.header(_("Learn step by step"), anchor=False)
    st.page_link(
        page_path("course"),
        label=_("The course: lessons beside the real pages"),
        icon=":material/school:",
    )
    lesson = next_lesson()
    if lesson is not None:
        begun = bool(my_progress())
        label = _("Continue: {title}") if begun else _("Begin: {title}")
        if st.button(
            label.format(title=as_plain(str(lesson.title))), key="home_lesson", type="primary"
        ):
            open_lesson(lesson)
    st.page_link(
        page_path("guide"),
        label=_("The guide: code, tools, questions, glossary"),
        icon=":material/menu_book:",
    )


@framed
def show_map() -> None:
    """The map; a click on either side opens the page."""
    st.header(_("From theory to practice"), anchor=False)
    chosen = theory_map(*map_nodes(), key="home_map", label=_("From theory to practice"))
    if chosen is not None:
        st.switch_page(page_path(page_of(chosen)))
