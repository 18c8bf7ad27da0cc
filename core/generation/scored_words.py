"""Which tokens of a scored text form a word."""

from __future__ import annotations

import unicodedata
from typing import Final

import numpy as np
import numpy.typing as npt

from core.tokens import Tokens

IntArray = npt.NDArray[np.int64]
_UNSPACED: Final = ("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "FULLWIDTH", "THAI", "LAO")
"""How Unicode's names begin of signs whose script has no spaces between words."""


def words_of(tokens: Tokens, ranks: IntArray) -> list[tuple[int, ...]]:
    """The places of each word whose tokens were all scored."""
    words: list[list[int]] = []
    for place, special in enumerate(tokens.special):
        if special:
            continue
        if words and words[-1][-1] == place - 1 and _goes_on(tokens, place):
            words[-1].append(place)
        else:
            words.append([place])
    return [tuple(word) for word in words if all(ranks[place] > 0 for place in word)]


def _goes_on(tokens: Tokens, place: int) -> bool:
    """Whether the token at ``place`` belongs to the word of the token before it.

    Scripts that put no spaces between words have a word for each token there, or for all tokens
    of one character.
    """
    if tokens.groups[place] == tokens.groups[place - 1]:
        return True
    before, after = tokens.characters[place - 1], tokens.characters[place]
    return tokens.continues[place] and not (_is_unspaced(before[-1:]) or _is_unspaced(after[:1]))


def _is_unspaced(sign: str) -> bool:
    """Whether ``sign`` is of a script without spaces between words."""
    return bool(sign) and unicodedata.name(sign, "").startswith(_UNSPACED)
