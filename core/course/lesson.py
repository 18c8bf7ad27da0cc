"""A lesson: one insight, a guess before it, a page to look at, and a question with its answer.

Lessons check themselves: texts are short and plain, answers are numbers with a tolerance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Final

from core.errors import InputError
from core.language import DEFAULT_LANGUAGE, LANGUAGES, _, current_language

WORDS: Final = 60
"""The most words of an insight; a Chinese character counts as half of one."""
TITLE_SIGNS: Final = 60
TEXT_SIGNS: Final = 800
STATE_SIGNS: Final = 20_000
MOST_CHOICES: Final = 5
MOST_ANSWERS: Final = 4
MOST_PARAMETERS: Final = 64

_TAG: Final = re.compile(r"<\s*[A-Za-z/!?][^>\n]{0,40}>?")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_WORD: Final = re.compile(r"[^\W\u3400-\u9fff]+(?:['’.,-]\w+)*")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")


@dataclass(frozen=True, slots=True)
class LocalText:
    """A text by language."""

    texts: Mapping[str, str]

    def __str__(self) -> str:
        """In the language of the session, else in English, else in the one there is."""
        for language in (current_language(), DEFAULT_LANGUAGE, *self.texts):
            if self.texts.get(language):
                return self.texts[language]
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What is asked before anything is shown, and which of the ``choices`` is right, from 0."""

    question: LocalText
    choices: tuple[LocalText, ...]
    right: int

    def __post_init__(self) -> None:
        if not 2 <= len(self.choices) <= MOST_CHOICES:
            raise InputError(
                _("A guess has {count} choices; it takes 2 to {most}.").format(
                    count=len(self.choices), most=MOST_CHOICES
                )
            )
        if not 0 <= self.right < len(self.choices):
            raise InputError(
                _("The right choice is number {right}, counted from 0, of {count}.").format(
                    right=self.right, count=len(self.choices)
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The page that a lesson opens, and its state as a link says it, with what is of a language."""

    page: str
    state: Mapping[str, str]
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for state in (self.state, *self.own.values()):
            for name, value in state.items():
                _check_parameter(name, value)
            if len(state) > MOST_PARAMETERS:
                raise InputError(
                    _("The link has {count} parameters, the limit is {limit}.").format(
                        count=len(state), limit=MOST_PARAMETERS
                    )
                )

    def link(self) -> dict[str, str]:
        """The parameters of the page in the language of the session."""
        return {**self.state, **self.own.get(current_language(), {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A number that is found on the page, by language where the page differs, and how near."""

    label: LocalText
    values: Mapping[str, float]
    tolerance: float

    def __post_init__(self) -> None:
        if not all(map(isfinite, (*self.values.values(), self.tolerance))) or self.tolerance < 0:
            raise InputError(_("An answer is a number, and its tolerance 0 or more."))

    @property
    def value(self) -> float:
        """In the language of the session."""
        own = self.values.get(current_language())
        return next(iter(self.values.values())) if own is None else own

    def takes(self, given: float) -> bool:
        """Whether ``given`` is near enough; a last decimal that was rounded is not held against."""
        return abs(given - self.value) <= self.tolerance + 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One lesson. ``reveal`` is shown once the answers are right, or given up."""

    id: str
    title: LocalText
    opens: Opening
    guess: Guess
    insight: LocalText
    question: LocalText
    answers: tuple[Answer, ...]
    hint: LocalText
    reveal: LocalText

    def __post_init__(self) -> None:
        for text in self.title.texts.values():
            _check_text(_("The title"), text, TITLE_SIGNS)
        for text in self.insight.texts.values():
            _check_text(_("The insight"), text, TEXT_SIGNS)
            if (count := count_words(text)) > WORDS:
                raise InputError(
                    _("The insight has {count} words, the limit is {limit}: shorten it.").format(
                        count=count, limit=WORDS
                    )
                )
        if not 1 <= len(self.answers) <= MOST_ANSWERS:
            raise InputError(
                _("A lesson has {count} answers; it takes 1 to {most}.").format(
                    count=len(self.answers), most=MOST_ANSWERS
                )
            )
        texts = (
            *(self.question, self.hint, self.reveal, self.guess.question),
            *self.guess.choices,
            *(answer.label for answer in self.answers),
        )
        for local in texts:
            for text in local.texts.values():
                _check_text(_("A text"), text, TEXT_SIGNS)

    @property
    def languages(self) -> tuple[str, ...]:
        """In which languages it is whole."""
        texts = (
            *(self.title, self.insight, self.question, self.hint, self.reveal),
            self.guess.question,
            *self.guess.choices,
        )
        return tuple(each for each in LANGUAGES if all(text.texts.get(each) for text in texts))


def count_words(text: str) -> int:
    """How long a text is to read: words, and two Chinese characters for one."""
    return len(_WORD.findall(text)) + (len(_HAN.findall(text)) + 1) // 2


def _check_text(name: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise InputError(
            _("{name} has {count} characters, the limit is {limit}: shorten it.").format(
                name=name, count=len(text), limit=limit
            )
        )
    if found := _TAG.search(text):
        raise InputError(
            _(
                "{name} holds HTML ({found}), which a lesson does not take: write plain text, with "
                "** around what is bold."
            ).format(name=name, found=found[0][:40])
        )
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
        raise InputError(_("{name} holds a control character: delete it.").format(name=name))


def _check_parameter(name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        raise InputError(
            _("“{name}” is no parameter of a page.").format(name=name[:40].replace("\n", " "))
        )
    if len(value) > STATE_SIGNS:
        raise InputError(
            _("The link's {name} has {count} characters, the limit is {limit}.").format(
                name=name, count=len(value), limit=STATE_SIGNS
            )
        )
