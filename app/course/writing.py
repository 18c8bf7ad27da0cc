"""Writing a lesson: a link that was copied, texts in one language or two, a file to take away."""

from __future__ import annotations

import re
import secrets
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from app.course.lessons import course_lessons, course_records, open_lesson, own_lessons
from app.course.places import check_place, looked_at, page_titles, read_link
from app.course.state import EDITED_KEY, LINK_KEY, RIGHT_KEY, SEEN_KEY, text_key
from app.course.words import read_number, shown_number, shown_text
from app.frame import as_plain, framed
from app.identity import is_teacher, require_teacher
from app.walk import move, problem
from core.course import (
    LESSON_BYTES,
    Answer,
    Guess,
    Lesson,
    LocalText,
    Opening,
    read_lesson,
    write_lesson,
)
from core.errors import InputError
from core.language import LANGUAGES, _

_ANSWER: Final = re.compile(r"(?P<label>[^=]*)=(?P<value>[^±]+)(±(?P<tolerance>.+))?")


@framed
def show_writing() -> None:
    """The form of a lesson, for teachers; everybody may bring a file to look at it."""
    if not is_teacher():
        st.info(_("Only the teacher may do this. Give the teacher key on the page Models."))
        return
    if said := problem():
        st.error(as_plain(said))
    _show_import()
    _choose_edited()
    _show_link()
    columns = st.columns(2, gap="large")
    for column, (language, name) in zip(columns, LANGUAGES.items(), strict=True):
        with column:
            _show_texts(language, name)
    _show_actions()


def _show_import() -> None:
    file = st.file_uploader(
        _("Bring a lesson as a file (YAML)"),
        type=["yaml", "yml"],
        key="course_file",
        max_upload_size=1,  # megabytes, the least there is
    )
    if file is None:
        return
    if file.size > LESSON_BYTES:
        raise InputError(
            _("{name} has {size:,} bytes, a lesson has at most {limit:,}.").format(
                name=file.name[-60:], size=file.size, limit=LESSON_BYTES
            )
        )
    lesson = read_lesson(file.getvalue(), file.name)
    check_place(lesson.opens)
    st.markdown(
        _("**{title}**, {count} answers, opens {page}.").format(
            title=shown_text(str(lesson.title)),
            count=len(lesson.answers),
            page=page_titles().get(lesson.opens.page, lesson.opens.page),
        )
    )
    st.button(_("Keep this lesson"), key="course_keep", on_click=_keep_file, args=(lesson,))


@move
def _keep_file(lesson: Lesson) -> None:
    """Keep a lesson of a file; one that came with Headlight is kept under an id of its own."""
    require_teacher()
    keep_own(lesson)
    fill(lesson)


def keep_own(lesson: Lesson) -> None:
    """Keep a lesson that can be read again."""
    if lesson.id in {each.id for each in course_lessons()}:
        raise InputError(
            _("The id {id} is that of a lesson of the course: give it another one.").format(
                id=lesson.id
            )
        )
    read_lesson(write_lesson(lesson), lesson.id)
    course_records().save_lesson(lesson)


def _choose_edited() -> None:
    lessons = {lesson.id: lesson for lesson in own_lessons()}
    if st.session_state.get(EDITED_KEY, "") not in lessons:
        st.session_state[EDITED_KEY] = ""
    st.selectbox(
        _("Which lesson"),
        ["", *lessons],
        format_func=lambda each: str(lessons[each].title) if each else _("a new one"),
        key=EDITED_KEY,
        persist_state="session",
        on_change=_fill_edited,
    )


@move
def _fill_edited() -> None:
    chosen = st.session_state[EDITED_KEY]
    fill(next((lesson for lesson in own_lessons() if lesson.id == chosen), None))


def fill(lesson: Lesson | None) -> None:
    """Put a lesson into the form, or empty it."""
    session = st.session_state
    session[EDITED_KEY] = "" if lesson is None else lesson.id
    session[LINK_KEY] = "" if lesson is None else _link_of(lesson.opens)
    for language in LANGUAGES:
        texts = dict.fromkeys(FIELDS, "") if lesson is None else _texts_of(lesson, language)
        for field, text in texts.items():
            session[text_key(field, language)] = text
    session[RIGHT_KEY] = 1 if lesson is None else lesson.guess.right + 1


def _link_of(opens: Opening) -> str:
    return f"/{opens.page}?{urlencode({**opens.state, **opens.own.get('en', {})})}"


FIELDS: Final = ("title", "guess", "choices", "insight", "question", "answers", "hint", "reveal")


def _texts_of(lesson: Lesson, language: str) -> dict[str, str]:
    local = {
        "title": lesson.title,
        "guess": lesson.guess.question,
        "insight": lesson.insight,
        "question": lesson.question,
        "hint": lesson.hint,
        "reveal": lesson.reveal,
    }
    found = {field: text.texts.get(language, "") for field, text in local.items()}
    found["choices"] = "\n".join(each.texts.get(language, "") for each in lesson.guess.choices)
    found["answers"] = "\n".join(
        f"{answer.label.texts.get(language, '')} = "
        f"{shown_number(answer.values.get(language, answer.value))} ± {answer.tolerance:g}"
        for answer in lesson.answers
    )
    return found


def _show_link() -> None:
    link, taken = st.columns([8, 4], vertical_alignment="bottom")
    with link:
        st.text_input(
            _("The page it opens: paste what “Copy link” gave there"),
            key=LINK_KEY,
            persist_state="session",
        )
    seen, titles = looked_at(), page_titles()
    with taken:
        if seen:
            st.selectbox(
                _("Or a page as you left it"),
                ["", *seen],
                format_func=lambda page: titles.get(page, page) if page else "–",
                key=SEEN_KEY,
                on_change=_take_page,
            )


@move
def _take_page() -> None:
    page = st.session_state[SEEN_KEY]
    if page:
        st.session_state[LINK_KEY] = f"/{page}?{urlencode(looked_at()[page])}"


def _show_texts(language: str, name: str) -> None:
    st.markdown(f"**{name}**")
    labels = {
        "title": _("Title"),
        "guess": _("The guess asked for first"),
        "choices": _("Its choices, one on a line"),
        "insight": _("The insight, at most 60 words; ** around what is bold"),
        "question": _("The question, whose answer stands on the page"),
        "answers": _("The answers, one on a line: name = 0.68 ± 0.01"),
        "hint": _("A hint"),
        "reveal": _("What is said when the answer is found"),
    }
    for field, label in labels.items():
        draw = st.text_input if field in ("title", "guess") else st.text_area
        draw(f"{label} · {name}", key=text_key(field, language), persist_state="session")


def _show_actions() -> None:
    st.number_input(
        _("Which choice is right, from 1"), 1, 5, key=RIGHT_KEY, persist_state="session"
    )
    keep, take, try_out, delete = st.columns(4, vertical_alignment="bottom")
    with keep:
        st.button(_("Keep"), key="course_save", type="primary", width="stretch", on_click=_save)
    edited = st.session_state[EDITED_KEY]
    lesson = next((each for each in own_lessons() if each.id == edited), None)
    if lesson is None:
        return
    with take:
        st.download_button(
            _("Take away as a file"),
            data=write_lesson(lesson),
            file_name=f"{lesson.id}.yaml",
            mime="application/yaml",
            key="course_export",
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
        )
    with try_out:
        if st.button(_("Try it"), key="course_try", width="stretch"):
            open_lesson(lesson)
    with delete:
        st.button(
            _("Delete"), key="course_delete", width="stretch", on_click=_delete, args=(lesson.id,)
        )


@move
def _save() -> None:
    require_teacher()
    lesson = written_lesson()
    check_place(lesson.opens)
    keep_own(lesson)
    st.session_state[EDITED_KEY] = lesson.id


@move
def _delete(lesson_id: str) -> None:
    require_teacher()
    course_records().delete_lesson(lesson_id)
    fill(None)


def written_lesson() -> Lesson:
    """The lesson in the form; InputError names the first thing that is missing or wrong."""
    session = st.session_state
    written = {
        language: {
            field: str(session.get(text_key(field, language), "")).strip() for field in FIELDS
        }
        for language in LANGUAGES
    }
    used = [language for language, texts in written.items() if any(texts.values())]
    if not used:
        raise InputError(_("The lesson is empty: write its texts in one language at least."))
    for language in used:
        for field, text in written[language].items():
            if not text:
                raise InputError(
                    _("{field} is missing: write it.").format(
                        field=f"{field} · {LANGUAGES[language]}"
                    )
                )

    def local(field: str) -> LocalText:
        return LocalText({language: written[language][field] for language in used})

    return Lesson(
        id=session.get(EDITED_KEY) or f"own-{secrets.token_hex(6)}",
        title=local("title"),
        opens=read_link(str(session.get(LINK_KEY, ""))),
        guess=Guess(
            question=local("guess"),
            choices=_choices({language: written[language]["choices"] for language in used}),
            right=int(session.get(RIGHT_KEY, 1)) - 1,
        ),
        insight=local("insight"),
        question=local("question"),
        answers=_answers({language: written[language]["answers"] for language in used}),
        hint=local("hint"),
        reveal=local("reveal"),
    )


def _rows(texts: dict[str, str], name: str) -> list[dict[str, str]]:
    """The lines of a text in each language beside each other."""
    lines = {
        language: [line.strip() for line in text.splitlines() if line.strip()]
        for language, text in texts.items()
    }
    if len({len(some) for some in lines.values()}) > 1:
        raise InputError(
            _("{field} has not the same number of lines in both languages.").format(field=name)
        )
    count = len(next(iter(lines.values())))
    return [{language: some[at] for language, some in lines.items()} for at in range(count)]


def _choices(texts: dict[str, str]) -> tuple[LocalText, ...]:
    return tuple(LocalText(row) for row in _rows(texts, "choices"))


def _answers(texts: dict[str, str]) -> tuple[Answer, ...]:
    found = []
    for row in _rows(texts, "answers"):
        read = {language: _answer(line) for language, line in row.items()}
        found.append(
            Answer(
                label=LocalText({language: label for language, (label, _v, _t) in read.items()}),
                values={language: value for language, (_l, value, _t) in read.items()},
                tolerance=max(tolerance for _l, _v, tolerance in read.values()),
            )
        )
    return tuple(found)


def _answer(line: str) -> tuple[str, float, float]:
    parts = _ANSWER.fullmatch(line)
    if parts is None:
        raise InputError(
            _("“{line}” is no answer: write name = 0.68 ± 0.01.").format(line=line[:60])
        )
    tolerance = read_number(parts["tolerance"]) if parts["tolerance"] else 0.0
    return parts["label"].strip(), read_number(parts["value"]), tolerance
