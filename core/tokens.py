"""Tokens: what a tokenizer makes of a text, in a form that people can read.

Here are the results and what makes a text fit to be read; ``core.token_reader`` makes them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from weakref import ref

from core.errors import TextError
from core.language import _
from core.pieces import clusters

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

MAX_CHARACTERS: Final = 1_000_000
"""Longer texts are refused: they are files, and no view shows them."""

PART_OF_CHARACTER: Final = "·"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SHOWN: Final = str.maketrans({" ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where a text was cut, and how long it would have been.

    ``total`` and ``limit`` count tokens with the template's; ``text`` is the last word kept and
    ``where`` the character of text ``segment`` at which the part left out begins.
    """

    total: int
    limit: int
    text: str
    where: int
    segment: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A row of tokens. Every field but ``cut`` and ``tokenizer`` has one entry per token.

    ``pieces`` are as the vocabulary writes them, ``texts`` as people read them. Tokens of the same
    number in ``groups`` form one character (grapheme cluster): the first carries the whole text,
    the others ``""``; ``data`` has each token's own bytes in UTF-8, none for special and unknown
    tokens. ``segments`` is 0 for the first text, 1 for the pair and None for tokens of
    the template; ``types`` are the token type ids of the model's input. ``spans`` are characters
    (start, stop) of the token's own text. ``continues`` is true where the piece goes on with the
    word of the token before it. ``tokenizer`` tells who read them, as long as it is in memory.
    """

    ids: tuple[int, ...]
    pieces: tuple[str, ...]
    texts: tuple[str, ...]
    special: tuple[bool, ...]
    segments: tuple[int | None, ...]
    types: tuple[int, ...]
    spans: tuple[tuple[int, int] | None, ...]
    groups: tuple[int, ...]
    data: tuple[bytes, ...]
    continues: tuple[bool, ...]
    unknown: tuple[bool, ...]
    cut: Cut | None = None
    tokenizer: ref[PreTrainedTokenizerFast] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if any(len(getattr(self, name)) != len(self.ids) for name in COLUMNS):
            raise ValueError("every field of Tokens needs one entry per token")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def characters(self) -> tuple[str, ...]:
        """What each token says or helps to say: a part of a character says the whole character."""
        whole = {group: text for group, text in zip(self.groups, self.texts, strict=True) if text}
        return tuple(_label(whole.get(group, "")) for group in self.groups)

    @property
    def labels(self) -> tuple[str, ...]:
        """One short label per token for an axis, never empty: ``·`` is a part of a character."""
        return tuple(_label(text) for text in self.texts)


COLUMNS: Final = tuple(
    name for name in Tokens.__dataclass_fields__ if name not in {"cut", "tokenizer"}
)
"""The fields with one entry per token."""


def _label(text: str) -> str:
    if not text:
        return PART_OF_CHARACTER
    bare = text.strip() or text.translate(_SHOWN)
    # Joiners and variation signs live inside emoji and scripts; alone, or as bidirectional or
    # control characters, they would show nothing or turn the line around.
    kept = "".join(
        sign
        for sign in bare
        if sign in "\u200c\u200d" or unicodedata.category(sign) not in {"Cc", "Cf"}
    )
    if kept.strip("\u200c\u200d\ufe0e\ufe0f") and not kept.isspace():
        return kept
    return " ".join(f"U+{ord(sign):04X}" for sign in bare[:3])


def count_characters(text: str) -> int:
    """How many characters a reader sees in ``text``: grapheme clusters, not code points."""
    return len(clusters(text))


def check_text(text: str) -> str:
    """``text`` itself, if a tokenizer can take it; TextError says what is wrong and where."""
    if len(text) > MAX_CHARACTERS:
        raise TextError(
            _(
                "Too long: {count:,} characters, the limit is {limit:,}. Use a part of the text."
            ).format(count=len(text), limit=MAX_CHARACTERS)
        )
    if not text.strip():
        raise TextError(_("The text is empty: type at least one word."))
    if found := _SURROGATE.search(text):
        raise TextError(
            _(
                "Character {place:,} of the text is half of a character (U+{code}): delete it or "
                "type it again."
            ).format(place=found.start() + 1, code=f"{ord(found[0]):04X}")
        )
    if (place := text.find("\0")) >= 0:
        raise TextError(
            _("Character {place:,} of the text is NUL, which is no text: delete it.").format(
                place=place + 1
            )
        )
    return text
