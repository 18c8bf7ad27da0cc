"""Attention made small enough for a page: thumbnails of every head, and where attention piles up.

Works through a capture layer by layer, so that a long text never needs all weights at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.attention.capture import AttentionCapture, AttentionStack
from core.attention.recording import FloatArray

IntArray = npt.NDArray[np.int64]

SINK_SHARE: Final = 0.2
"""From this share of all attention on, a position counts as a sink ..."""
SINK_TIMES: Final = 3.0
"""... if it is also this many times what it would get if attention were uniform."""


def pool_starts(count: int, side: int) -> IntArray:
    """Where each of at most ``side`` bins begins when ``count`` positions are pooled.

    Position p falls into bin p · bins // count.
    """
    bins = min(count, side)
    return -(-np.arange(bins, dtype=np.int64) * count // bins)


def pooled_heads(capture: AttentionCapture | AttentionStack, *, side: int = 64) -> FloatArray:
    """A thumbnail of each head: the largest weight in each of at most side × side bins.

    (layer, head, min(queries, side), min(keys, side)), float32. Bins begin at ``pool_starts``; the
    largest, not the mean, so that a single strong weight still shows.
    """
    return np.stack(
        [pool_layer(weights, side=side) for _layer, weights in _stack(capture).by_layer()]
    )


def pool_layer(weights: FloatArray, *, side: int) -> FloatArray:
    """The thumbnails of one layer, as in ``pooled_heads``; ``weights``: (head, query, key)."""
    rows = pool_starts(weights.shape[1], side)
    columns = pool_starts(weights.shape[2], side)
    narrow = np.maximum.reduceat(weights, rows, axis=1)
    return np.maximum.reduceat(narrow, columns, axis=2)


def share_received(capture: AttentionCapture | AttentionStack) -> FloatArray:
    """The share of each head's attention that each position receives. (layer, head, key)

    The mean over the queries, so that the shares of one head sum to 1.
    """
    return np.stack([weights.mean(axis=1) for _layer, weights in _stack(capture).by_layer()])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A position on which attention piles up, and its share of the attention of all heads."""

    position: int
    share: float


def sink_columns(
    capture: AttentionCapture | AttentionStack,
    *,
    share: float = SINK_SHARE,
    times: float = SINK_TIMES,
) -> tuple[Sink, ...]:
    """The positions on which attention piles up, whatever the text: "attention sinks".

    Those that receive, over all heads kept, at least ``share`` of the attention and at least
    ``times`` the uniform share. Xiao et al. 2024, "Efficient Streaming Language Models with
    Attention Sinks", describe the first token as such; BERT's [CLS] and [SEP] are of the same
    kind (Clark et al. 2019). A view takes them out of its colour scale, and says so.
    """
    return sinks_of(share_received(capture), share=share, times=times)


def sinks_of(
    shares: FloatArray, *, share: float = SINK_SHARE, times: float = SINK_TIMES
) -> tuple[Sink, ...]:
    """``sink_columns`` of what ``share_received`` gives. (layer, head, key)"""
    received = shares.mean(axis=(0, 1))
    floor = max(share, times / len(received))
    return tuple(
        Sink(position=int(place), share=float(received[place]))
        for place in np.flatnonzero(received >= floor)
    )


def _stack(capture: AttentionCapture | AttentionStack) -> AttentionStack:
    return capture.main if isinstance(capture, AttentionCapture) else capture
