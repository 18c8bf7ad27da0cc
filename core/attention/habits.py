"""What a head does most of the time: its profile over many texts, and where else it does it.

Reads the texts it is given (``core.attention.sentences`` holds a set); it keeps scores and a few
strongest weights, no capture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.attention.capture import AttentionCapture, capture_attention
from core.attention.notable import KnownHead, known_heads
from core.attention.patterns import BROAD, check_pattern, pattern_cells
from core.attention.pointers import Pointer, between_words, strongest_pointers
from core.attention.profile import HeadProfiler, LayerScores, head_scores, profile_table
from core.attention.recording import FloatArray
from core.errors import InputError
from core.jobs import Progress, Stop
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadHabits:
    """What the heads of a model do over ``count`` texts; ``table`` is as ``head_profile`` makes it.

    ``known`` holds the labelled heads by (layer, head).
    """

    model: str
    count: int
    table: pd.DataFrame
    known: Mapping[tuple[int, int], KnownHead]

    def known_for(self, layer: int, head: int) -> KnownHead | None:
        """What the head is known for over the texts; None where no score is above its threshold."""
        return self.known.get((layer, head))

    def scores(self, layer: int, head: int) -> dict[str, float]:
        """The numbers of one head in ``table``, by column."""
        return head_scores(self.table, layer, head)


def head_habits(
    model: LanguageModel,
    texts: Sequence[str],
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> HeadHabits:
    """The profile of every head over ``texts``, and the labels that follow by the same thresholds.

    Each score is the mean over all queries, of all texts, that could show the pattern: a text
    without repeated words says nothing about induction. ``pointed`` is the mean over the texts.
    ``stop`` ends after the text at hand: ``count`` says how many were read. Raises what
    ``capture_attention`` raises, and InputError without texts.
    """
    if not texts:
        raise InputError(_("There are no texts to read: give at least one."))
    sums: dict[int, LayerScores] = {}
    heads: tuple[int, ...] = ()
    count = 0
    for text in texts:
        capture = capture_attention(model, text)
        heads = capture.heads
        for layer in _scores(capture):
            sums[layer.layer] = _added(sums.get(layer.layer), layer)
        count += 1
        if progress is not None:
            progress(count, len(texts))
        if stop is not None and stop():
            break
    table = profile_table(map(_mean, sums.values()), heads)
    return HeadHabits(model=model.id, count=count, table=table, known=known_heads(table))


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One place where a head does what it does: the weight from ``query`` to ``key``, by token."""

    text: str
    tokens: Tokens
    query: int
    key: int
    weight: float


def occurrences(
    model: LanguageModel,
    layer: int,
    head: int,
    texts: Sequence[str],
    *,
    pattern: str | None = None,
    count: int = 8,
) -> tuple[Occurrence, ...]:
    """Where else the head does this: its ``count`` strongest weights over ``texts``.

    With a ``pattern``, among the pairs that show it; else ("broad" is like none) from one word to
    another, special tokens, the first token and a token itself aside. One of each text comes
    before a second of any, so that they differ; the strongest first. Only this head is captured.
    Raises InputError for a layer, head or pattern that there is not.
    """
    chosen = None if pattern in (None, "", BROAD) else pattern
    if chosen is not None:
        check_pattern(chosen)
    found: list[tuple[int, Occurrence]] = []
    for text in texts:
        capture = capture_attention(model, text, layers=[layer], heads=[head])
        for turn, pointer in enumerate(_strongest(capture, layer, head, chosen, count)):
            place = Occurrence(
                text=text,
                tokens=capture.tokens,
                query=pointer.query,
                key=pointer.key,
                weight=pointer.weight,
            )
            found.append((turn, place))
    found.sort(key=lambda entry: (entry[0], -entry[1].weight))
    best = [place for _turn, place in found[:count]]
    return tuple(sorted(best, key=lambda place: -place.weight))


def _strongest(
    capture: AttentionCapture, layer: int, head: int, pattern: str | None, count: int
) -> tuple[Pointer, ...]:
    if pattern is None:
        words = between_words(capture.queries_kept, capture.tokens, capture.tokens, same=True)
        rows, keys = np.nonzero(words)
    else:
        cells = pattern_cells(capture)[pattern]
        rows, keys = cells.rows, cells.keys
    weights = capture.head(layer, head)
    return strongest_pointers(weights, rows, keys, capture.queries_kept, count)


def _scores(capture: AttentionCapture) -> Iterable[LayerScores]:
    profiler = HeadProfiler(capture)
    for place, (_layer, weights) in enumerate(capture.main.by_layer()):
        yield profiler.scores(place, weights)


def _added(total: LayerScores | None, layer: LayerScores) -> LayerScores:
    """The sums of the scores over all queries, with one more text."""
    scores = layer.scores * layer.counts
    chance = layer.chance * layer.counts[: len(layer.chance)]
    counts = layer.counts
    if total is not None:
        scores, chance = total.scores + scores, total.chance + chance
        counts = total.counts + counts
    return LayerScores(layer=layer.layer, scores=scores, chance=chance, counts=counts)


def _mean(total: LayerScores) -> LayerScores:
    """The means that the sums make; 0 where no query could show a pattern."""
    many: FloatArray = np.maximum(total.counts, np.float32(1))
    return LayerScores(
        layer=total.layer,
        scores=total.scores / many,
        chance=total.chance / many[: len(total.chance)],
        counts=total.counts,
    )
