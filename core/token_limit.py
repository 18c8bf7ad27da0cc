"""Texts that are too long for a model: where they are cut, and what is told of it."""

from __future__ import annotations

from typing import Final

from tokenizers import Encoding

from core.errors import InputError
from core.language import _
from core.tokens import Tokens

_WORD_SHOWN: Final = 40  # characters of the last kept word that a cut names


def truncate(encodings: list[Encoding], room: int, limit: int) -> list[int | None]:
    """Cut the encodings to ``room`` tokens in all; the character where each was cut, or None.

    Of a pair, the text that needs less than half the room is kept whole.
    """
    if room < len(encodings):
        raise InputError(
            _("A limit of {limit} tokens leaves no room for the text: raise it.").format(
                limit=limit
            )
        )
    lengths = [len(encoding) for encoding in encodings]
    keep = [min(lengths[0], room - sum(min(length, room // 2) for length in lengths[1:]))]
    keep += [room - keep[0] for _rest in lengths[1:]]
    cuts: list[int | None] = []
    for encoding, length, kept in zip(encodings, lengths, keep, strict=True):
        cuts.append(encoding.offsets[kept][0] if kept < length else None)
        if kept < length:
            encoding.truncate(kept)
    return cuts


def last_word(tokens: Tokens, segment: int) -> str:
    """The last word kept of a text, to name the place where it was cut."""
    word = ""
    for place in reversed(range(len(tokens))):
        if tokens.segments[place] != segment:
            continue
        word = tokens.texts[place] + word
        if word.strip() and not tokens.continues[place]:
            break
    return word.strip()[-_WORD_SHOWN:]
