"""Lessons as YAML files: read with every field checked, and written.

Only plain data is read (``yaml.safe_load``), no tag makes an object, and references, which could
grow a small file into a large one, are refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Final

from core.course.lesson import Answer, Guess, Lesson, LocalText, Opening
from core.errors import InputError
from core.language import LANGUAGES, _
from core.nesting import is_too_deep
from core.text_files import decode_text, shown_name

LESSON_BYTES: Final = 64_000
"""The largest file that is read."""

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FIELDS: Final = (
    *("id", "title", "opens", "guess", "insight", "question", "answers", "hint", "reveal"),
)
_TEXTS: Final = ("title", "insight", "question", "hint", "reveal")


def read_lesson(data: bytes, name: str) -> Lesson:
    """The lesson in a file; InputError, in one sentence, for one that cannot be used."""
    shown = shown_name(name)
    if len(data) > LESSON_BYTES:
        raise InputError(
            _("{name} has {size:,} bytes, a lesson has at most {limit:,}.").format(
                name=shown, size=len(data), limit=LESSON_BYTES
            )
        )
    text, _encoding = decode_text(data, shown)
    try:
        return _lesson(_parsed(text), data)
    except InputError as error:
        raise InputError(f"{shown}: {error}") from None


def write_lesson(lesson: Lesson) -> bytes:
    """The file that ``read_lesson`` reads."""
    import yaml

    own = lesson.opens.own
    content = {
        "id": lesson.id,
        "title": dict(lesson.title.texts),
        "opens": {
            "page": lesson.opens.page,
            "state": dict(lesson.opens.state),
            **{language: dict(state) for language, state in own.items()},
        },
        "guess": {
            "question": dict(lesson.guess.question.texts),
            "choices": [dict(choice.texts) for choice in lesson.guess.choices],
            "right": lesson.guess.right,
        },
        "insight": dict(lesson.insight.texts),
        "question": dict(lesson.question.texts),
        "answers": [
            {
                "label": dict(answer.label.texts),
                "value": dict(answer.values),
                "tolerance": answer.tolerance,
            }
            for answer in lesson.answers
        ],
        "hint": dict(lesson.hint.texts),
        "reveal": dict(lesson.reveal.texts),
    }
    written: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=96)
    return written.encode()


def _parsed(text: str) -> Mapping[object, object]:
    import yaml

    if is_too_deep(text):
        raise InputError(_("It is no YAML that a lesson may hold."))
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise InputError(_("It holds references (*name): write each text out."))
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        raise InputError(
            _("It is no YAML that a lesson may hold, at line {line}.").format(line=line)
        ) from None
    except (RecursionError, ValueError):
        raise InputError(_("It is no YAML that a lesson may hold.")) from None
    return _mapping(found, _("The file"))


def _lesson(found: Mapping[object, object], data: bytes) -> Lesson:
    if unknown := [str(key)[:40] for key in found if key not in _FIELDS]:
        raise InputError(
            _("It has a field {field} that no lesson has; there are: {fields}.").format(
                field=unknown[0], fields=", ".join(_FIELDS)
            )
        )
    missing = [field for field in _FIELDS if field != "id" and not found.get(field)]
    if missing:
        raise InputError(_("{field} is missing: write it.").format(field=missing[0]))
    texts = {field: _local(found[field], field) for field in _TEXTS}
    answers = found["answers"]
    if not isinstance(answers, list):
        raise InputError(_("{field} must be a list.").format(field="answers"))
    return Lesson(
        id=_id(found.get("id"), data),
        opens=_opening(_mapping(found["opens"], "opens")),
        guess=_guess(_mapping(found["guess"], "guess")),
        answers=tuple(_answer(_mapping(answer, "answers")) for answer in answers),
        **texts,
    )


def _id(given: object, data: bytes) -> str:
    """The id; of a file that has none, one made of its content."""
    if given is None:
        return f"own-{hashlib.sha256(data).hexdigest()[:12]}"
    if not isinstance(given, str) or not _ID.fullmatch(given):
        raise InputError(
            _("The id {id} takes small letters, digits and -, at most 40.").format(
                id=str(given)[:40]
            )
        )
    return given


def _opening(found: Mapping[object, object]) -> Opening:
    page = found.get("page")
    if not isinstance(page, str) or not page:
        raise InputError(_("{field} is missing: write it.").format(field="opens.page"))
    own = {
        language: _state(found[language], f"opens.{language}")
        for language in LANGUAGES
        if language in found
    }
    return Opening(page=page, state=_state(found.get("state") or {}, "opens.state"), own=own)


def _state(found: object, place: str) -> dict[str, str]:
    state = {}
    for name, value in _mapping(found, place).items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise InputError(
                _("{field} must be a text or a number.").format(field=f"{place}.{str(name)[:40]}")
            )
        state[str(name)] = str(value)
    return state


def _guess(found: Mapping[object, object]) -> Guess:
    choices, right = found.get("choices"), found.get("right")
    if not isinstance(choices, list):
        raise InputError(_("{field} must be a list.").format(field="guess.choices"))
    if isinstance(right, bool) or not isinstance(right, int):
        raise InputError(_("{field} must be a number.").format(field="guess.right"))
    return Guess(
        question=_local(found.get("question"), "guess.question"),
        choices=tuple(_local(choice, "guess.choices") for choice in choices),
        right=right,
    )


def _answer(found: Mapping[object, object]) -> Answer:
    value = found.get("value")
    values = value if isinstance(value, dict) else dict.fromkeys(LANGUAGES, value)
    return Answer(
        label=_local(found.get("label"), "answers.label"),
        values={
            language: _number(values[language], "answers.value")
            for language in LANGUAGES
            if language in values
        }
        or {"en": _number(None, "answers.value")},
        tolerance=_number(found.get("tolerance", 0), "answers.tolerance"),
    )


def _number(found: object, place: str) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise InputError(_("{field} must be a number.").format(field=place))
    try:
        return float(found)
    except OverflowError:
        raise InputError(_("{field} must be a number.").format(field=place)) from None


def _local(found: object, place: str) -> LocalText:
    """A text for every language, or one for each."""
    if isinstance(found, str | int | float) and not isinstance(found, bool):
        found = dict.fromkeys(LANGUAGES, str(found))
    if not isinstance(found, dict):
        raise InputError(_("{field} is missing: write it.").format(field=place))
    texts = {}
    for language, text in found.items():
        if language not in LANGUAGES:
            raise InputError(
                _("{field} has a language {language}; there are: {languages}.").format(
                    field=place, language=str(language)[:20], languages=", ".join(LANGUAGES)
                )
            )
        if isinstance(text, bool) or not isinstance(text, str | int | float):
            raise InputError(_("{field} must be a text.").format(field=f"{place}.{language}"))
        texts[str(language)] = str(text).strip()
    if not any(texts.values()):
        raise InputError(_("{field} is missing: write it.").format(field=place))
    return LocalText(texts)


def _mapping(found: object, place: str) -> Mapping[object, object]:
    if not isinstance(found, dict):
        raise InputError(_("{field} must be a list of names and values.").format(field=place))
    return found
