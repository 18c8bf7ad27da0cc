"""Points of one layer: every token, one word in each text, or each text as one vector.

The vector of a word of several pieces is their mean. A text's is the mean over its tokens; of a
causal model, whose first token knows nothing of the others, it is the last token's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from core.attention.recording import FloatArray
from core.embedding.vectors import TextVectors
from core.errors import InputError
from core.language import _
from core.tokens import Tokens

PointKind = Literal["word", "tokens", "texts"]
FAR: Final = 8.0
"""How many times as long as the median a token's vector is that is left out of the tokens: the
first token of causal models is hundreds of times as long and would press all others together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """``vectors`` with a label and the number of its text each.

    ``places`` are the tokens, counted over all texts, that a point is the mean of. ``left_out``
    are labels of tokens whose vectors are far longer than the others.
    """

    vectors: FloatArray  # (point, hidden)
    labels: tuple[str, ...]
    texts: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]
    left_out: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)


def layer_points(read: TextVectors, layer: int, kind: PointKind, *, word: str = "") -> Points:
    """The points of ``kind`` after ``layer``, 0 being the embedding.

    Raises InputError where there is no such layer, or ``word`` in none of the texts.
    """
    if not 0 <= layer <= read.layers:
        raise InputError(
            _("There is no layer {layer}: layers go from 0 to {last}.").format(
                layer=layer, last=read.layers
            )
        )
    places = {"word": word_places, "tokens": _token_places, "texts": _text_places}[kind](read, word)
    vectors = read.vectors[layer]  # (token of all texts, hidden)
    means = np.stack([vectors[list(some)].mean(axis=0) for _text, _label, some in places])
    kept = list(range(len(places)))
    if kind == "tokens":
        sizes = np.linalg.norm(means, axis=1)
        kept = [at for at in kept if sizes[at] <= FAR * float(np.median(sizes))]
    left = sorted(set(range(len(places))) - set(kept))
    return Points(
        vectors=means[kept].astype(np.float32),
        labels=tuple(places[at][1] for at in kept),
        texts=tuple(places[at][0] for at in kept),
        places=tuple(places[at][2] for at in kept),
        left_out=tuple(places[at][1] for at in left),
    )


Place = tuple[int, str, tuple[int, ...]]
"""The number of a text, a label, and tokens counted over all texts."""


def word_places(read: TextVectors, word: str) -> list[Place]:
    """The first time ``word`` stands in each text, as a whole word where it can be."""
    wanted = word.strip()
    found: list[Place] = []
    for number, (text, tokens, start) in enumerate(
        zip(read.texts, read.tokens, read.starts, strict=True)
    ):
        at = _find(text, wanted)
        pieces = _pieces(tokens, at, at + len(wanted)) if at >= 0 else ()
        if pieces:
            found.append((number, text.strip(), tuple(start + piece for piece in pieces)))
    if not found:
        raise InputError(
            _("“{word}” stands in none of the lines: write a word that does.").format(
                word=wanted[:40]
            )
        )
    return found


def _find(text: str, word: str) -> int:
    """Where ``word`` begins in ``text``; −1 where it does not stand there."""
    if not word:
        return -1
    low, wanted = text.lower(), word.lower()
    at = low.find(wanted)
    while at >= 0:
        around = low[at - 1 : at] + low[at + len(wanted) : at + len(wanted) + 1]
        if not any(sign.isascii() and sign.isalnum() for sign in around):
            return at
        at = low.find(wanted, at + 1)
    return low.find(wanted)


def _pieces(tokens: Tokens, start: int, stop: int) -> tuple[int, ...]:
    """The tokens of which a character lies in the stretch; a space before a word is not one."""
    return tuple(
        at
        for at, span in enumerate(tokens.spans)
        if span is not None and span[0] < stop and span[1] > start
    )


def _token_places(read: TextVectors, _word: str) -> list[Place]:
    return [
        (number, label, (start + at,))
        for number, (tokens, start) in enumerate(zip(read.tokens, read.starts, strict=True))
        for at, label in enumerate(tokens.characters)
        if not tokens.special[at]
    ]


def _text_places(read: TextVectors, _word: str) -> list[Place]:
    found: list[Place] = []
    for number, (text, tokens, start) in enumerate(
        zip(read.texts, read.tokens, read.starts, strict=True)
    ):
        last = start + len(tokens) - 1
        places = (last,) if read.causal else tuple(range(start, last + 1))
        found.append((number, text.strip(), places))
    return found
