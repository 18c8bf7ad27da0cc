"""Prompts as text: demonstrations, then the row, and the place of the answer.

A template may say where the answer stands by ``[MASK]``; otherwise it stands at the end. A prompt
is what comes before that place and what comes after it. Nothing is tokenized here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.errors import InputError
from core.language import _
from core.masked.masks import SPELLINGS
from core.prompts.template import PromptPiece, PromptTemplate, Row

LABEL: Final = "label"
"""The column of the labels, where none is named."""
SEPARATOR: Final = "\n\n"
DEMONSTRATION_LIMIT: Final = 64

_MASK: Final = re.compile("|".join(map(re.escape, SPELLINGS)), re.IGNORECASE)
_WIDE: Final = frozenset("WF")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSettings:
    """How a prompt is put together.

    ``label`` is the column of the labels. ``separator`` stands between demonstrations. With
    ``chat`` the model's own chat template writes it: each demonstration is a message and its
    answer, the row the last message, ``system`` what stands before them.
    """

    label: str = LABEL
    separator: str = SEPARATOR
    chat: bool = False
    system: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTurn:
    """One use of the template: ``before`` and ``after`` the place of the answer."""

    before: tuple[PromptPiece, ...]
    after: tuple[PromptPiece, ...]
    marked: bool
    """Whether the template itself says where the answer stands."""
    answer: str = ""

    @property
    def asked(self) -> str:
        """The text before the answer, without the spaces that go with the answer."""
        return _text(self.before).rstrip(" ")

    @property
    def joint(self) -> str:
        """What stands between that text and the answer: a space, or nothing after a wide sign."""
        asked = self.asked
        if not asked or asked[-1].isspace():
            return ""
        if len(_text(self.before)) > len(asked):
            return " "
        return "" if unicodedata.east_asian_width(asked[-1]) in _WIDE else " "

    @property
    def ending(self) -> str:
        """The text after the answer."""
        return _text(self.after)

    def without_masks(self) -> WrittenTurn:
        """The same for a model that has a mask: one that is spelled in a value becomes text."""
        return replace(self, before=_broken(self.before), after=_broken(self.after))


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPrompt:
    """The demonstrations and the row that is asked about."""

    demonstrations: tuple[WrittenTurn, ...]
    row: WrittenTurn
    separator: str = SEPARATOR

    @property
    def shown(self) -> tuple[PromptPiece, ...]:
        """The demonstrations as one text in front of the row."""
        pieces: list[PromptPiece] = []
        for turn in self.demonstrations:
            text = f"{turn.asked}{turn.joint}{turn.answer}{turn.ending}{self.separator}"
            pieces.append(PromptPiece(text=text, source="demonstration"))
        return tuple(pieces)

    @property
    def before(self) -> tuple[PromptPiece, ...]:
        """All that stands before the answer of the row."""
        return (*self.shown, *self.row.before)

    @property
    def text(self) -> str:
        """All that stands before the answer of the row, without the spaces at its end."""
        return f"{_text(self.shown)}{self.row.asked}"

    def without_masks(self) -> WrittenPrompt:
        """The same for a model that has a mask: one that is spelled in a value becomes text."""
        turns = tuple(turn.without_masks() for turn in self.demonstrations)
        return replace(self, demonstrations=turns, row=self.row.without_masks())


Demonstrations = Sequence[Row] | Callable[[Row], Sequence[Row]]
"""Rows with labels that stand before each prompt, or what chooses them for a row."""


def write_prompt(
    template: PromptTemplate,
    row: Row,
    *,
    word_of: Callable[[str], str] = str,
    demonstrations: Sequence[Row] = (),
    settings: PromptSettings = PromptSettings(),
) -> WrittenPrompt:
    """The prompt for ``row``. ``word_of`` gives the word that stands for a label.

    Raises InputError for what the template cannot write and a demonstration without a label.
    """
    if len(demonstrations) > DEMONSTRATION_LIMIT:
        raise InputError(
            _("There are {count} demonstrations, the limit is {limit}.").format(
                count=len(demonstrations), limit=DEMONSTRATION_LIMIT
            )
        )
    turns = tuple(
        write_demonstration(template, each, word_of=word_of, settings=settings)
        for each in demonstrations
    )
    return WrittenPrompt(
        demonstrations=turns, row=write_turn(template, row), separator=settings.separator
    )


def write_demonstration(
    template: PromptTemplate,
    row: Row,
    *,
    word_of: Callable[[str], str],
    settings: PromptSettings,
) -> WrittenTurn:
    """The template for ``row`` with its own answer."""
    if settings.label not in row:
        raise InputError(
            _("A demonstration has no “{column}”: give each its answer.").format(
                column=settings.label[:40]
            )
        )
    return replace(write_turn(template, row), answer=word_of(str(row[settings.label])))


def write_turn(template: PromptTemplate, row: Row) -> WrittenTurn:
    """The template for one ``row``; a mask that is spelled in a value is no place of an answer."""
    before: list[PromptPiece] = []
    after: list[PromptPiece] = []
    masks = 0
    for piece in template.pieces(row):
        if piece.source != "template":
            (after if masks else before).append(piece)
            continue
        parts = _MASK.split(piece.text)
        for number, text in enumerate(parts):
            masks += number > 0
            if text:
                (after if masks else before).append(replace(piece, text=text))
    if masks > 1:
        raise InputError(
            _("The template has {count} masks: one stands for the answer.").format(count=masks)
        )
    if not _text(before).strip() and not _text(after).strip():
        raise InputError(
            _("The template writes nothing for this row: it would ask an empty question.")
        )
    return WrittenTurn(before=tuple(before), after=tuple(after), marked=masks == 1)


def _broken(pieces: Sequence[PromptPiece]) -> tuple[PromptPiece, ...]:
    """``pieces`` with a space in every mask that the template itself does not spell."""
    return tuple(
        piece
        if piece.source == "template"
        else replace(
            piece, text=_MASK.sub(lambda found: f"{found[0][0]} {found[0][1:]}", piece.text)
        )
        for piece in pieces
    )


def _text(pieces: Sequence[PromptPiece]) -> str:
    return "".join(piece.text for piece in pieces)
