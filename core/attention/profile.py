"""What each head is known for: how well its attention fits the patterns that others described."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from core.attention.capture import AttentionCapture
from core.attention.recording import BoolArray, FloatArray

PATTERNS: Final = ("previous", "next", "self", "first", "separator", "duplicate", "induction")
LABEL_SCORE: Final = 0.4
"""A head is labelled from this score on: that much of its attention fits the pattern ..."""
LABEL_TIMES: Final = 3.0
"""... and this many times as much as if it looked at all positions alike ..."""
LABEL_ROWS: Final = 2
"""... in a text where at least so many queries could show the pattern."""

COMMON: Final = frozenset({"first", "separator"})

ProfileRow = dict[str, int | float | str]
Cells = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]


def head_profile(capture: AttentionCapture) -> pd.DataFrame:
    """One row per (layer, head): its score on each pattern, from 0 to 1, and a label.

    A pattern names for each query the keys it expects; the score is the weight on these keys, the
    mean over the queries for which there are any (0 where there are none): 1 for a head that does
    nothing else, near 1/length for one that looks everywhere alike. This is the idea of
    TransformerLens (``head_detector``: previous, duplicate and induction heads); patterns:

    - ``previous``, ``next``, ``self``: the token before, the token after, the query itself;
    - ``first``: the first token, seen from later ones;
    - ``separator``: special tokens other than the first;
    - ``duplicate``: other occurrences of the same token (only earlier ones in a causal model);
    - ``induction``: the token after an earlier occurrence of the same token (Olsson et al. 2022).

    ``entropy`` is −Σ p ln p over ln(keys seen), the mean over queries that see more than one key:
    0 for one key, 1 for all alike. ``distance`` is Σ p |query − key| in tokens. ``label`` is the
    pattern of the highest score, if that is at least ``LABEL_SCORE``, ``LABEL_TIMES`` the score of
    uniform attention, and could show in ``LABEL_ROWS`` queries; else "". The scores are of one
    text: a head may do something else in another.
    """
    profiler = HeadProfiler(capture)
    return profiler.table(
        row
        for place, (_layer, weights) in enumerate(capture.main.by_layer())
        for row in profiler.rows(place, weights)
    )


class HeadProfiler:
    """``head_profile`` a layer at a time, for who has the weights of a layer in hand anyway."""

    def __init__(self, capture: AttentionCapture) -> None:
        self._capture = capture
        self._cells = _patterns(capture)

    def rows(self, place: int, weights: FloatArray) -> list[ProfileRow]:
        """The rows of the layer at ``place`` among those kept; ``weights``: (head, query, key)."""
        capture, cells = self._capture, self._cells
        seen = _seen(capture, capture.main.records[place].visible)
        alike = seen[:1] / seen[:1].sum(-1, keepdims=True)
        scores = {name: _score(weights, cells[name]) for name in PATTERNS}
        chance = {name: float(_score(alike, cells[name])[0]) for name in PATTERNS}
        entropy, distance = _entropy(weights, seen), _distance(weights, capture.queries_kept)
        rows: list[ProfileRow] = []
        for number, head in enumerate(capture.heads):
            own = {name: float(scores[name][number]) for name in PATTERNS}
            row: ProfileRow = {"layer": capture.layers[place], "head": head, **own}
            row |= {"entropy": float(entropy[number]), "distance": float(distance[number])}
            rows.append(row | {"label": _label(own, chance, cells)})
        return rows

    def table(self, rows: Iterable[ProfileRow]) -> pd.DataFrame:
        """The profile that ``rows`` make."""
        return pd.DataFrame(list(rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHead:
    """A head, the pattern it is known for in a text ("" for none), and its score on it."""

    layer: int
    head: int
    label: str
    score: float


def known_heads(profile: pd.DataFrame) -> dict[tuple[int, int], KnownHead]:
    """The labelled heads of a profile, by (layer, head)."""
    heads = map(_known, profile.to_dict("records"))
    return {(head.layer, head.head): head for head in heads if head.label}


def notable_heads(profile: pd.DataFrame, count: int = 6) -> tuple[KnownHead, ...]:
    """``count`` heads worth a first look, as different from each other as there are.

    First the strongest head of each label, those of a sink last: there is little to see in them,
    and a page shows the first one large. Then the next strongest, except heads that rest on the
    first token or a separator, which are many and alike; then heads without a label, the most
    pointed first; last the rest. The same profile always gives the same heads.
    """
    rows = profile.to_dict("records")
    strength = [float(row[row["label"]]) if row["label"] else 0.0 for row in rows]
    ranked = profile.assign(strength=strength).sort_values(
        ["strength", "entropy", "layer", "head"], ascending=[False, True, True, True]
    )
    turn = ranked.groupby("label").cumcount()  # 0 for the strongest of each label
    plain = ranked["label"] == ""
    common = ranked["label"].isin(COMMON)
    tier = plain * 1 + (common & (turn > 0)) * 2
    ranked = ranked.assign(tier=tier, turn=turn.mask(plain, 0), common=common)
    chosen = ranked.sort_values(["tier", "turn", "common"], kind="stable").head(count)
    return tuple(map(_known, chosen.to_dict("records")))


def _known(row: Mapping[Hashable, Any]) -> KnownHead:
    label = str(row["label"])
    score = row[label] if label else max(row[name] for name in PATTERNS)
    return KnownHead(
        layer=int(row["layer"]), head=int(row["head"]), label=label, score=float(score)
    )


def _patterns(capture: AttentionCapture) -> Mapping[str, Cells]:
    """Of each pattern, the cells (row of the weights, key) that it expects."""
    query = np.asarray(capture.queries_kept)[:, None]  # (query, 1)
    key = np.arange(len(capture.tokens))[None, :]  # (1, key)
    ids = np.asarray(capture.tokens.ids)
    special = np.asarray(capture.tokens.special)
    same = (ids[query] == ids[key]) & ~special[key]
    before = np.roll(ids, 1)  # of each key
    after_same = (ids[query] == before[key]) & (key > 0) & ~np.roll(special, 1)[key]
    patterns = {
        "previous": key == query - 1,
        "next": key == query + 1,
        "self": key == query,
        "first": (key == 0) & (query > 0),
        "separator": special[key] & (key > 0) & (query >= 0),
        "duplicate": same & (key != query),
        "induction": after_same & (key < query),
    }
    shown = (key <= query) if capture.causal else np.ones((1, 1), dtype=bool)
    cells = {}
    for name, pattern in patterns.items():
        rows, keys = np.nonzero(pattern & shown)
        cells[name] = (rows, keys)
    return cells


def _score(weights: FloatArray, cells: Cells) -> FloatArray:
    """The weight on the cells, the mean over the queries that have any. (head,)"""
    rows, keys = cells
    if not len(rows):
        return np.zeros(len(weights), dtype=np.float32)
    total: FloatArray = weights[:, rows, keys].sum(axis=1)
    return total / np.float32(len(np.unique(rows)))


def _seen(capture: AttentionCapture, visible: BoolArray | None) -> FloatArray:
    """1 where a query sees a key. (1 or head, query, key)"""
    if visible is not None:
        return visible.astype(np.float32)
    shape = (1, len(capture.queries_kept), len(capture.tokens))
    return np.ones(shape, dtype=np.float32)


def _entropy(weights: FloatArray, seen: FloatArray) -> FloatArray:
    """(head,)"""
    count = np.broadcast_to(seen.sum(-1), weights.shape[:2])  # (head, query)
    # torch, because numpy takes a logarithm on one core: half a second for 512 tokens of SmolLM2
    entropy = torch.special.entr(torch.from_numpy(weights)).sum(-1).numpy()  # (head, query)
    many = count > 1
    shares = np.divide(
        entropy, np.log(np.maximum(count, 2)), out=np.zeros_like(entropy), where=many
    )
    means: FloatArray = shares.sum(-1) / np.maximum(many.sum(-1), 1)
    return means.clip(0, 1)


def _distance(weights: FloatArray, queries: tuple[int, ...]) -> FloatArray:
    """(head,)"""
    keys = np.arange(weights.shape[-1], dtype=np.float32)
    away = np.abs(np.asarray(queries, dtype=np.float32)[:, None] - keys)  # (query, key)
    means: FloatArray = np.einsum("hqk,qk->hq", weights, away).mean(-1)
    return means


def _label(
    scores: Mapping[str, float], chance: Mapping[str, float], cells: Mapping[str, Cells]
) -> str:
    best = max(PATTERNS, key=lambda name: scores[name])
    strong = scores[best] >= max(LABEL_SCORE, LABEL_TIMES * chance[best])
    return best if strong and len(np.unique(cells[best][0])) >= LABEL_ROWS else ""
