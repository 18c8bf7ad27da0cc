"""Between an attention overview and the grid of heads: which heads, their pictures, the sinks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from components.views.attention_grid import GridHead
from core.attention import THUMBNAIL_SIDE, AttentionOverview, pool_starts


def grid_heads(
    overview: AttentionOverview, words: Mapping[str, str], *, everything: bool
) -> tuple[GridHead, ...]:
    """The notable heads, or all of them; ``words`` says what their labels are called."""
    places = [(known.layer, known.head) for known in overview.notable]
    if everything:
        places = [(layer, head) for layer in overview.layers for head in overview.heads]
    names = overview.capture.tokens.characters
    return tuple(_grid_head(overview, words, names, *place) for place in places)


def grid_thumbnails(overview: AttentionOverview, heads: Sequence[GridHead]) -> NDArray[np.float32]:
    """The thumbnails of ``heads``, in their order. (head, side, side)"""
    rows = [overview.layers.index(head.layer) for head in heads]
    columns = [overview.heads.index(head.head) for head in heads]
    return overview.thumbnails[rows, columns]


def grid_sinks(overview: AttentionOverview) -> tuple[int, ...]:
    """The columns of a thumbnail that the sinks fall into."""
    starts = pool_starts(len(overview.capture.tokens), THUMBNAIL_SIDE)
    columns = starts.searchsorted(overview.sink_positions, side="right") - 1
    return tuple(sorted({int(column) for column in columns}))


def pointer_text(
    overview: AttentionOverview, layer: int, head: int, names: Sequence[str] | None = None
) -> str:
    """The strongest weight of a head in words: ``it → animal 0.677``; empty where there is none.

    ``names`` are the tokens' characters, for who asks for many heads.
    """
    pointer = overview.strongest(layer, head)
    if pointer is None:
        return ""
    names = overview.capture.tokens.characters if names is None else names
    return f"{names[pointer.query]} → {names[pointer.key]} {pointer.weight:.3f}"


def _grid_head(
    overview: AttentionOverview,
    words: Mapping[str, str],
    names: Sequence[str],
    layer: int,
    head: int,
) -> GridHead:
    known = overview.known_for(layer, head)
    if known is None:
        return GridHead(layer=layer, head=head, caption=pointer_text(overview, layer, head, names))
    return GridHead(layer=layer, head=head, caption=words[known.label], score=known.score)
