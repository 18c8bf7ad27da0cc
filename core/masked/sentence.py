"""A text as it reads once some of its tokens are others: masks spelled out, or words filled in.

The text keeps every character that was not replaced; a tokenizer's own way back to text would not.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from core.tokens import Tokens

_WIDE: Final = frozenset("WF")


def sentence(text: str, before: Tokens, after: Tokens) -> str:
    """``text``, read as ``before``, with what stands in ``after`` wherever the two differ.

    ``text`` is as the model spells it (``respelled``), whose characters ``spans`` count; a text
    that was cut keeps its end.
    """
    parts: list[str] = []
    done, masked = 0, False
    for place, span in enumerate(before.spans):
        if span is None or before.segments[place] != 0 or before.ids[place] == after.ids[place]:
            continue
        start, stop = span
        if start < done:  # several tokens of one character: the first stands for all
            continue
        old = text[start:stop]
        gap = old[: len(old) - len(old.lstrip())]
        joins = (
            start > done or not parts or _stands_alone(after, place, parts[-1], behind_mask=masked)
        )
        parts += [text[done:start], gap or ("" if joins else " "), after.texts[place].strip()]
        done, masked = stop, after.special[place]
    return "".join([*parts, text[done:]])


def _stands_alone(after: Tokens, place: int, before: str, *, behind_mask: bool) -> bool:
    """Whether nothing must part a token from the text ``before`` it: a piece that goes on with a
    word, a mask, and signs of a script that writes no spaces."""
    if after.continues[place] or after.special[place]:
        return True
    signs = ("" if behind_mask else before[-1:]) + after.texts[place].strip()[:1]
    return bool(signs) and all(unicodedata.east_asian_width(sign) in _WIDE for sign in signs)
