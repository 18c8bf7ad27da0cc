"""What each head is known for: how well its attention fits the patterns that others described.

Scores of one text; ``core.attention.habits`` averages them over many. What the patterns are stands
in ``core.attention.patterns``, which heads to show first in ``core.attention.notable``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import torch

from core.attention.capture import AttentionCapture
from core.attention.patterns import (
    BROAD,
    PATTERNS,
    PatternCells,
    check_pattern,
    label_of,
    pattern_cells,
)
from core.attention.places import Stack
from core.attention.pointers import Pointer, between_words, strongest_pointers
from core.attention.recording import BoolArray, FloatArray

COLUMNS: Final = (*PATTERNS, "entropy", "distance", "pointed")
NEAR: Final = 2
"""``pointed`` leaves out tokens so near to each other: parts of a word, neighbours."""


def head_profile(capture: AttentionCapture, *, stack: Stack = "self") -> pd.DataFrame:
    """One row per (layer, head): its score on each pattern, from 0 to 1, and a label.

    A pattern names for each query the keys it expects; the score is the weight on these keys, the
    mean over the queries for which there are any (0 where there are none): 1 for a head that does
    nothing else, near 1/length for one that looks everywhere alike. This is the idea of
    TransformerLens (``head_detector``: previous, duplicate and induction heads); patterns:

    - ``previous``, ``next``, ``self``: the token before, the token after, the query itself;
    - ``first``: the first token, seen from later ones;
    - ``separator``: special tokens other than the first;
    - ``punctuation``: punctuation other than the first token and the query (Clark et al. 2019);
    - ``duplicate``: other occurrences of the same token (only earlier ones in a causal model);
    - ``induction``: the token after an earlier occurrence of the same token (Olsson et al. 2022).

    ``entropy`` is −Σ p ln p over ln(keys seen), the mean over queries that see more than one key:
    0 for one key, 1 for all alike. ``distance`` is Σ p |query − key| in tokens. ``pointed`` is the
    largest weight from one word to another: special tokens, the first token and tokens up to
    ``NEAR`` places away aside. ``label`` is the pattern of the highest score, of those that reach
    ``LABEL_SCORE`` and ``LABEL_TIMES`` the score of uniform attention and could show in
    ``LABEL_ROWS`` queries; else "broad" from an entropy of ``BROAD_ENTROPY`` on (the broad heads of
    Clark et al. 2019); else "". The scores are of one text: a head may do something else in
    another. The rows of a cross stack have no patterns, no distance and no label.
    """
    profiler = HeadProfiler(capture, stack)
    return profiler.table(
        profiler.scores(place, weights)
        for place, (_layer, weights) in enumerate(capture.stack(stack).by_layer())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerScores:
    """The scores of one layer's heads. ``counts`` are the queries that each is a mean over."""

    layer: int
    scores: FloatArray  # (head, column)
    chance: FloatArray  # (pattern,) of uniform attention
    counts: FloatArray  # (column,)


class HeadProfiler:
    """``head_profile`` a layer at a time, for who has the weights of a layer in hand anyway."""

    def __init__(self, capture: AttentionCapture, stack: Stack = "self") -> None:
        self._stack = capture.stack(stack)
        self._rows = capture.rows_kept(stack)
        self._cells = pattern_cells(capture, stack)
        tokens = capture.query_tokens(stack), capture.key_tokens(stack)
        self._has_patterns = stack != "cross"
        self._words = between_words(self._rows, *tokens, same=self._has_patterns)
        if self._has_patterns:
            away = np.asarray(self._rows)[:, None] - np.arange(len(tokens[1]))[None, :]
            self._words &= np.abs(away) > NEAR

    def scores(self, place: int, weights: FloatArray) -> LayerScores:
        """Of the layer at ``place`` among those kept; ``weights``: (head, query, key)."""
        seen = self._seen(place, weights)
        alike = seen[:1] / seen[:1].sum(-1, keepdims=True)
        cells = [self._cells[name] for name in PATTERNS]
        entropy, many = _entropy(weights, seen)
        others = (entropy, _distance(weights, self._rows), _pointed(weights, self._words))
        counts = [*(part.row_count for part in cells), many, len(self._rows), self._words.any()]
        return LayerScores(
            layer=self._stack.layers[place],
            scores=np.stack([*(_score(weights, part) for part in cells), *others], axis=1),
            chance=np.asarray([_score(alike, part)[0] for part in cells], dtype=np.float32),
            counts=np.asarray(counts, dtype=np.float32),
        )

    def table(self, layers: Iterable[LayerScores]) -> pd.DataFrame:
        """The profile that the scores of ``layers`` make."""
        table = profile_table(layers, self._stack.heads)
        return table if self._has_patterns else table.drop(columns=[*PATTERNS, "distance"])

    def _seen(self, place: int, weights: FloatArray) -> FloatArray:
        """1 where a query sees a key. (1 or head, query, key)"""
        visible = self._stack.records[place].visible
        if visible is not None:
            return visible.astype(np.float32)
        return np.ones((1, *weights.shape[1:]), dtype=np.float32)


def profile_table(layers: Iterable[LayerScores], heads: tuple[int, ...]) -> pd.DataFrame:
    """One row per head of ``layers``, with its label."""
    rows: list[dict[str, int | float | str]] = []
    for layer in layers:
        chance = dict(zip(PATTERNS, layer.chance.tolist(), strict=True))
        counts = dict(zip(COLUMNS, layer.counts.tolist(), strict=True))
        for head, own in zip(heads, layer.scores.tolist(), strict=True):
            scores = dict(zip(COLUMNS, own, strict=True))
            label = label_of(scores, chance, counts) if layer.counts[:-3].any() else ""
            rows.append({"layer": layer.layer, "head": head, **scores, "label": label})
    return pd.DataFrame(rows)


def pattern_evidence(
    capture: AttentionCapture,
    layer: int,
    head: int,
    pattern: str,
    *,
    count: int = 5,
    stack: Stack = "self",
) -> tuple[Pointer, ...]:
    """The token pairs of ``pattern`` on which the head puts the most weight, strongest first.

    None for "broad", which no single pair shows, and where the text has no such pair. Raises
    InputError for a pattern, layer or head that there is not.
    """
    if pattern == BROAD:
        return ()
    check_pattern(pattern)
    cells = pattern_cells(capture, stack)[pattern]
    weights = capture.stack(stack).head(layer, head)
    return strongest_pointers(weights, cells.rows, cells.keys, capture.rows_kept(stack), count)


def head_scores(table: pd.DataFrame, layer: int, head: int) -> dict[str, float]:
    """The numbers of one head in a table that ``head_profile`` makes, by column."""
    rows = table[(table["layer"] == layer) & (table["head"] == head)]
    row = rows.drop(columns=["layer", "head", "label"]).iloc[0]
    return {str(name): float(value) for name, value in row.items()}


def _score(weights: FloatArray, cells: PatternCells) -> FloatArray:
    """The weight on the cells, the mean over the queries that have any. (head,)"""
    if not cells.row_count:
        return np.zeros(len(weights), dtype=np.float32)
    total: FloatArray = weights[:, cells.rows, cells.keys].sum(axis=1)
    return total / np.float32(cells.row_count)


def _entropy(weights: FloatArray, seen: FloatArray) -> tuple[FloatArray, int]:
    """(head,), and the number of queries that see more than one key."""
    count = np.broadcast_to(seen.sum(-1), weights.shape[:2])  # (head, query)
    # torch, because numpy takes a logarithm on one core: half a second for 512 tokens of SmolLM2
    entropy = torch.special.entr(torch.from_numpy(weights)).sum(-1).numpy()  # (head, query)
    many = count > 1
    shares = np.divide(
        entropy, np.log(np.maximum(count, 2)), out=np.zeros_like(entropy), where=many
    )
    means: FloatArray = shares.sum(-1) / np.maximum(many.sum(-1), 1)
    return means.clip(0, 1), int(many[0].sum())


def _distance(weights: FloatArray, queries: tuple[int, ...]) -> FloatArray:
    """(head,)"""
    keys = np.arange(weights.shape[-1], dtype=np.float32)
    away = np.abs(np.asarray(queries, dtype=np.float32)[:, None] - keys)  # (query, key)
    means: FloatArray = np.einsum("hqk,qk->hq", weights, away).mean(-1)
    return means


def _pointed(weights: FloatArray, words: BoolArray) -> FloatArray:
    """(head,)"""
    kept = words.astype(np.float32)
    room = np.empty_like(kept)  # head by head in one place, which stays in the processor's cache
    return np.asarray(
        [np.multiply(head, kept, out=room).max(initial=0) for head in weights], dtype=np.float32
    )
