"""Between an attention overview and the grid of heads: which heads, their words and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from components.views.attention_grid import GridHead
from core.attention import COMMON, THUMBNAIL_SIDE, AttentionOverview, pool_starts


def grid_heads(
    overview: AttentionOverview, words: Mapping[str, str], *, everything: bool
) -> tuple[GridHead, ...]:
    """The notable heads, or all of them; ``words`` says what their labels are called."""
    places = [(known.layer, known.head) for known in overview.notable]
    if everything:
        places = [(layer, head) for layer in overview.layers for head in overview.heads]
    writer = HeadWords(overview, words)
    return tuple(writer.grid_head(*place) for place in places)


def sorted_heads(overview: AttentionOverview, order: str) -> tuple[GridHead, ...]:
    """All heads by their number in ``order``, a column of the profile, the largest first."""
    ranked = overview.ranked(order)
    return tuple(GridHead(layer=layer, head=head, score=score) for (layer, head), score in ranked)


def grid_tints(heads: Sequence[GridHead]) -> list[float]:
    """The score of each head, as a share of the largest, or of 1 where none is larger."""
    scores = [head.score or 0.0 for head in heads]
    largest = max([1.0, *scores])
    return [min(max(score, 0.0) / largest, 1.0) for score in scores]


def grid_thumbnails(overview: AttentionOverview, heads: Sequence[GridHead]) -> NDArray[np.float32]:
    """The thumbnails of ``heads``, in their order. (head, row, column)"""
    rows = [overview.layers.index(head.layer) for head in heads]
    columns = [overview.heads.index(head.head) for head in heads]
    return overview.thumbnails[rows, columns]


def grid_sinks(overview: AttentionOverview) -> tuple[int, ...]:
    """The columns of a thumbnail that the sinks fall into."""
    starts = pool_starts(len(overview.key_tokens), THUMBNAIL_SIDE)
    columns = starts.searchsorted(overview.sink_positions, side="right") - 1
    return tuple(sorted({int(column) for column in columns}))


class HeadWords:
    """What a head does in a text, in a few words; ``words`` says what labels are called."""

    def __init__(self, overview: AttentionOverview, words: Mapping[str, str]) -> None:
        self._overview = overview
        self._words = words
        self._queries = overview.query_tokens.characters
        self._keys = overview.key_tokens.characters

    def grid_head(self, layer: int, head: int) -> GridHead:
        """The head as it stands in a grid."""
        known = self._overview.known_for(layer, head)
        pointer = self._overview.strongest(layer, head)
        # That a head rests on a sink says less than a strong look from one word to another.
        dull = known is None or known.label in COMMON
        if dull and pointer is not None and (known is None or pointer.weight > known.score):
            pair = f"{self._queries[pointer.query]} → {self._keys[pointer.key]}"
            return GridHead(layer=layer, head=head, caption=f"{pair} {pointer.weight:.3f}")
        if known is None:
            return GridHead(layer=layer, head=head)
        return GridHead(layer=layer, head=head, caption=self._words[known.label], score=known.score)

    def line(self, layer: int, head: int) -> str:
        """The same in one line; empty where there is nothing to say."""
        entry = self.grid_head(layer, head)
        return entry.caption if entry.score is None else f"{entry.caption} {entry.score:.2f}"
