"""The lessons there are, what this browser has done of them, and the one that is open."""

from __future__ import annotations

from functools import cache
from typing import NoReturn

import streamlit as st

from app import resources
from app.course.places import forget_address, whole_link
from app.course.state import OPEN_KEY, SHOWN_KEY, TRIES_KEY, answer_key, guess_key
from app.identity import identity
from app.navigation import page_path
from core.course import CourseRecords, Lesson, LessonProgress, built_in_lessons


@cache
def course_records() -> CourseRecords:
    """The tables of the course; one for the process."""
    return CourseRecords(resources.records())


def all_lessons() -> dict[str, Lesson]:
    """Built in first, then those that teachers of this server wrote, by id."""
    built_in = {lesson.id: lesson for lesson in built_in_lessons()}
    return {lesson.id: lesson for lesson in course_records().own_lessons()} | built_in


def course_lessons() -> list[Lesson]:
    """The lessons of the course, in their order."""
    return list(built_in_lessons())


def own_lessons() -> list[Lesson]:
    """The lessons that teachers of this server wrote."""
    return list(course_records().own_lessons())


def find_lesson(lesson_id: str) -> Lesson | None:
    """A lesson by its id."""
    built_in = next((each for each in built_in_lessons() if each.id == lesson_id), None)
    return built_in or all_lessons().get(lesson_id)


def my_progress() -> dict[str, LessonProgress]:
    """How far this browser is in each lesson that it began."""
    return course_records().progress(identity())


def keep_progress(lesson: Lesson, progress: LessonProgress) -> None:
    """Note how far this browser is in a lesson."""
    course_records().keep(identity(), lesson.id, progress)


def next_lesson() -> Lesson | None:
    """Where to go on: the first lesson of the course that is not done; None after the last."""
    done = {lesson for lesson, progress in my_progress().items() if progress.done}
    return next((each for each in built_in_lessons() if each.id not in done), None)


def lesson_after(lesson: Lesson) -> Lesson | None:
    """The lesson of the course that follows; None after the last and after one of a teacher."""
    ids = [each.id for each in built_in_lessons()]
    at = ids.index(lesson.id) + 1 if lesson.id in ids else len(ids)
    return built_in_lessons()[at] if at < len(ids) else None


def opened_lesson() -> Lesson | None:
    """The lesson that stands beside the pages; a new session goes on with the browser's."""
    session = st.session_state
    if OPEN_KEY not in session:
        session[OPEN_KEY] = course_records().opened(identity()) or ""
    return find_lesson(session[OPEN_KEY]) if session[OPEN_KEY] else None


def open_lesson(lesson: Lesson) -> NoReturn:
    """Let the lesson stand beside its page, and go there."""
    link = whole_link(lesson)
    session = st.session_state
    session[OPEN_KEY] = lesson.id
    session[TRIES_KEY], session[SHOWN_KEY] = 0, False
    for key in (guess_key(lesson.id), *(answer_key(lesson.id, each) for each in range(8))):
        session.pop(key, None)
    course_records().open(identity(), lesson.id)
    go_to_page(lesson, link)


def go_to_page(lesson: Lesson, link: dict[str, str] | None = None) -> NoReturn:
    """Go to the page of the lesson, as the lesson prepared it."""
    forget_address(lesson.opens.page)
    st.switch_page(page_path(lesson.opens.page), query_params=link or whole_link(lesson))


def close_lesson() -> None:
    """No lesson stands beside the pages."""
    st.session_state[OPEN_KEY] = ""
    course_records().open(identity(), None)
