"""The open lesson in the sidebar, beside the real page: guess, insight, question, answer."""

from __future__ import annotations

import streamlit as st

from app.classroom.answers import answer_in_class
from app.course.lessons import (
    close_lesson,
    course_lessons,
    find_lesson,
    go_to_page,
    keep_progress,
    lesson_after,
    my_progress,
    open_lesson,
)
from app.course.state import SHOWN_KEY, TRIES_KEY, answer_key, guess_key
from app.course.words import read_number, shown_number, shown_text
from app.frame import as_plain, framed
from core.course import Lesson, LessonProgress
from core.errors import InputError
from core.language import _

TRIES = 2
"""Wrong answers after which the right one can be asked for."""


def show_lesson(lesson: Lesson | None) -> None:
    """The open lesson, if there is one; what is clicked in it runs only it again, not the page."""
    if lesson is None:
        return
    if on_telephone():  # whose sidebar is closed, and covers the page when it is open
        with st.expander(f"**{shown_text(str(lesson.title))}**", expanded=True):
            _panel(lesson.id)
    else:
        with st.sidebar:
            _panel(lesson.id)


def on_telephone() -> bool:
    """Whether the browser says that it is a telephone's."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


@st.fragment
@framed
def _panel(lesson_id: str) -> None:
    lesson = find_lesson(lesson_id)
    if lesson is None:
        return
    progress = my_progress().get(lesson.id, LessonProgress())
    _head(lesson)
    progress = _guess(lesson, progress)
    if progress.guess is not None:
        st.markdown(shown_text(str(lesson.insight)))
        st.markdown(f"**{shown_text(str(lesson.question))}**".replace("****", ""))
        _answer(lesson, progress)
    _foot(lesson, progress)


def _head(lesson: Lesson) -> None:
    ids = [each.id for each in course_lessons()]
    place = (
        _("Lesson {number} of {count}").format(number=ids.index(lesson.id) + 1, count=len(ids))
        if lesson.id in ids
        else _("A lesson of this server")
    )
    st.markdown(f":small[{place}]  \n:primary[**{shown_text(str(lesson.title))}**]")


def _guess(lesson: Lesson, progress: LessonProgress) -> LessonProgress:
    """What is asked before anything is told; a guess stands."""
    choices = [shown_text(str(choice)) for choice in lesson.guess.choices]
    st.markdown(shown_text(str(lesson.guess.question)))
    if progress.guess is not None and progress.guess < len(choices):
        st.markdown(_("You guessed: **{guess}**").format(guess=choices[progress.guess]))
        return progress
    chosen = st.radio(
        _("Guess first"),
        range(len(choices)),
        format_func=choices.__getitem__,
        index=None,
        key=guess_key(lesson.id),
    )
    if chosen is None:
        return LessonProgress(done=progress.done)
    made = LessonProgress(guess=chosen, done=progress.done)
    keep_progress(lesson, made)
    answer_in_class(
        f"guess {lesson.id}", str(lesson.guess.choices[chosen]), title=str(lesson.guess.question)
    )
    st.rerun(scope="fragment")
    return made


def _answer(lesson: Lesson, progress: LessonProgress) -> None:
    """The question's boxes, what is said to an answer, and the reveal."""
    session = st.session_state
    with st.form(f"course_form_{lesson.id}", border=False):
        for number, answer in enumerate(lesson.answers):
            st.text_input(
                as_plain(str(answer.label)) or _("Your answer"), key=answer_key(lesson.id, number)
            )
        checked = st.form_submit_button(_("Check"), type="primary", width="stretch")
    if checked:
        _tell_class(lesson)
    right = checked and _check(lesson)
    if right and not progress.done:
        keep_progress(lesson, LessonProgress(guess=progress.guess, done=True))
        st.rerun()  # the page's own list and the ticks follow
    if checked and not right:
        session[TRIES_KEY] = session.get(TRIES_KEY, 0) + 1
    tried = session.get(TRIES_KEY, 0) >= TRIES and not progress.done
    if (
        tried
        and not session.get(SHOWN_KEY)
        and st.button(_("Show the answer"), key="course_show", width="stretch")
    ):
        session[SHOWN_KEY] = True
        st.rerun(scope="fragment")
    if progress.done or session.get(SHOWN_KEY):
        _reveal(lesson, progress)


def _tell_class(lesson: Lesson) -> None:
    """Add what was answered to the spread that a teacher sees; nothing outside a class."""
    given = [
        str(st.session_state.get(answer_key(lesson.id, number), "")).strip()
        for number, _answer_asked in enumerate(lesson.answers)
    ]
    answer_in_class(f"lesson {lesson.id}", " · ".join(filter(None, given)), title=str(lesson.title))


def _check(lesson: Lesson) -> bool:
    """Whether every answer is near enough; else what is wrong, and the hint."""
    wrong = False
    for number, answer in enumerate(lesson.answers):
        given = str(st.session_state.get(answer_key(lesson.id, number), ""))
        try:
            near = answer.takes(read_number(given))
        except InputError as error:
            st.error(as_plain(str(error)))
            return False
        if not near:
            wrong = True
            label = as_plain(str(answer.label)) or _("Your answer")
            st.warning(_("{label}: not yet.").format(label=label))
    if wrong:
        st.markdown(f":small[{shown_text(str(lesson.hint))}]")
    return not wrong


def _reveal(lesson: Lesson, progress: LessonProgress) -> None:
    if progress.done:
        st.success(_("Right."))
    values = ", ".join(
        f"{as_plain(str(answer.label))} **{as_plain(shown_number(answer.value))}**"
        for answer in lesson.answers
    )
    st.markdown(values)
    if progress.guess is not None:
        good = progress.guess == lesson.guess.right
        told = shown_text(str(lesson.guess.choices[lesson.guess.right]))
        st.markdown(
            _("Your guess was right.")
            if good
            else _("Your guess was another one; it is: **{answer}**").format(answer=told)
        )
    st.markdown(shown_text(str(lesson.reveal)))


def _foot(lesson: Lesson, progress: LessonProgress) -> None:
    following = lesson_after(lesson)
    if progress.done and following is not None:
        label = _("Next: {title}").format(title=shown_text(str(following.title)))
        if st.button(label, key="course_next", type="primary", width="stretch"):
            open_lesson(following)
    if st.button(
        _("Set the page up again"), key="course_again", icon=":material/replay:", width="stretch"
    ):
        go_to_page(lesson)
    if st.button(
        _("Close the lesson"), key="course_close", icon=":material/close:", width="stretch"
    ):
        close_lesson()
        st.rerun()
