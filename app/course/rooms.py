"""The Course page: the twelve lessons with what is done, those of this server, and writing one."""

from __future__ import annotations

import streamlit as st

from app.course.lessons import (
    course_lessons,
    find_lesson,
    my_progress,
    next_lesson,
    open_lesson,
    own_lessons,
)
from app.course.places import page_titles
from app.course.state import COURSE
from app.course.words import shown_text
from app.frame import as_plain, framed
from core.course import Lesson, LessonProgress
from core.language import _


def open_asked() -> None:
    """Open the lesson that the link names, once; say so where there is none."""
    key = COURSE.key("lesson")
    asked = str(st.session_state[key])
    if not asked:
        return
    st.session_state[key] = ""
    lesson = find_lesson(asked)
    if lesson is None:
        st.warning(as_plain(_("There is no lesson {name}.").format(name=asked[:40])))
        return
    open_lesson(lesson)


@framed
def show_lessons() -> None:
    """Where to go on, then every lesson as a row."""
    lessons, progress = course_lessons(), my_progress()
    done = sum(progress.get(lesson.id, LessonProgress()).done for lesson in lessons)
    following = next_lesson()
    said, button = st.columns([8, 4], vertical_alignment="center")
    with said:
        st.markdown(
            _("{done} of {count} lessons done in this browser.").format(
                done=done, count=len(lessons)
            )
        )
    if following is not None:
        with button:
            number = [lesson.id for lesson in lessons].index(following.id) + 1
            label = (
                _("Continue with lesson {number}") if progress else _("Begin with lesson {number}")
            )
            if st.button(
                label.format(number=number),
                key="course_continue",
                type="primary",
                icon=":material/arrow_forward:",
                width="stretch",
            ):
                open_lesson(following)
    titles = page_titles()
    for number, lesson in enumerate(lessons, start=1):
        _row(lesson, str(number), progress.get(lesson.id, LessonProgress()), titles)
    if own := own_lessons():
        st.header(_("Lessons of this server"), anchor=False)
        for lesson in own:
            _row(lesson, "·", progress.get(lesson.id, LessonProgress()), titles)


def _row(lesson: Lesson, number: str, progress: LessonProgress, titles: dict[str, str]) -> None:
    """A lesson: ticked or not, its title and question, where it leads, and the way in."""
    with st.container(border=True):
        text, place, button = st.columns([7, 3, 2], vertical_alignment="center")
        sign = ":material/check_circle:" if progress.done else ":material/radio_button_unchecked:"
        with text:
            st.markdown(
                f"{sign} **{number} · {shown_text(str(lesson.title))}**  \n"
                f":small[{shown_text(str(lesson.guess.question))}]"
            )
        with place:
            title = titles.get(lesson.opens.page)
            missing = _("This page is not on this server.")
            st.markdown(f":small[{title or missing}]")
        with button:
            label = _("Again") if progress.done else _("Open")
            if st.button(
                label, key=f"course_open_{lesson.id}", width="stretch", disabled=title is None
            ):
                open_lesson(lesson)
