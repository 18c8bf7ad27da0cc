"""A text with its masks spelled out, so that a model with another tokenizer reads the same.

Masks chosen by a click are tokens of one model. They are written into the text where these tokens
stand, one mask for each, so that the masks of both models match in their order. Every masked model
of Headlight understands how another one spells them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.masked import mask_positions, respelled, sentence
from core.models import LanguageModel
from core.tokens import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class SpelledText:
    """``text`` with its masks written out; ``words`` are what stood there, in the order of the
    masks: None where nobody knows, or where it is only a piece of a word."""

    text: str
    words: tuple[str | None, ...]


def spelled_out(model: LanguageModel, text: str, original: Tokens, masked: Tokens) -> SpelledText:
    """``text`` as any masked model reads it.

    ``original`` are its tokens in ``model`` as it was typed, ``masked`` those with masks at the
    clicked words. Raises InputError for a text without a mask.
    """
    typed = respelled(model, text)  # what the spans count
    places = mask_positions(model, masked)
    return SpelledText(
        text=sentence(typed, original, masked),
        words=tuple(_word(typed, original, masked, place) for place in places),
    )


def _word(typed: str, original: Tokens, masked: Tokens, place: int) -> str | None:
    """The word behind the mask at ``place``, with the space before it; None for a piece of one."""
    span = original.spans[place]
    alone = not _continues(original.continues, place) and not _continues(
        original.continues, place + 1
    )
    if span is None or original.ids[place] == masked.ids[place] or not alone:
        return None
    start, stop = span
    word = typed[start:stop].strip()
    spaced = typed[start:stop][:1].isspace() or typed[start - 1 : start].isspace()
    return (f" {word}" if spaced else word) if word else None


def _continues(continues: Sequence[bool], place: int) -> bool:
    return place < len(continues) and continues[place]
