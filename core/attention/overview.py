"""Everything the first screen of the Attention page shows of one text, computed together.

A capture, all heads as thumbnails, what the heads are known for in this text, and the sinks. It
draws nothing and knows no page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from core.attention.capture import AttentionCapture, capture_attention
from core.attention.profile import HeadProfiler, KnownHead, known_heads, notable_heads
from core.attention.recording import FloatArray
from core.attention.reduced import Sink, pool_layer, sinks_of

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel
    from core.tokens import Tokens

THUMBNAIL_SIDE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """The strongest single weight of a head that leads from one token to another."""

    query: int
    key: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionOverview:
    """One text in one model: what to show first, and where to find the rest.

    ``thumbnails`` are [layer, head, side, side] in the order of ``layers`` and ``heads``.
    """

    capture: AttentionCapture
    thumbnails: FloatArray
    notable: tuple[KnownHead, ...]
    known: Mapping[tuple[int, int], KnownHead]
    sinks: tuple[Sink, ...]
    _pointers: dict[tuple[int, int], Pointer | None] = field(default_factory=dict, repr=False)

    @property
    def layers(self) -> tuple[int, ...]:
        """The numbers of the layers."""
        return self.capture.layers

    @property
    def heads(self) -> tuple[int, ...]:
        """The numbers of the heads of each layer."""
        return self.capture.heads

    @property
    def head_count(self) -> int:
        """How many heads there are in all layers together."""
        return len(self.layers) * len(self.heads)

    @property
    def sink_positions(self) -> tuple[int, ...]:
        """The tokens that take a large share of all attention."""
        return tuple(sink.position for sink in self.sinks)

    @property
    def special_positions(self) -> tuple[int, ...]:
        """The tokens that stand for no text."""
        return tuple(place for place, special in enumerate(self.capture.tokens.special) if special)

    @property
    def pooled(self) -> bool:
        """Whether a cell of a thumbnail stands for several tokens."""
        return len(self.capture.tokens) > THUMBNAIL_SIDE

    @property
    def nbytes(self) -> int:
        """The memory that is held."""
        return self.capture.nbytes + self.thumbnails.nbytes

    def place(self, layer: int | None, head: int | None) -> tuple[int, int]:
        """``layer`` and ``head`` where the model has them, else the first notable head."""
        if layer in self.layers and head in self.heads:
            return int(layer), int(head)
        return (self.notable[0].layer, self.notable[0].head)

    def known_for(self, layer: int, head: int) -> KnownHead | None:
        """What the head is known for in this text; None where no score is above its threshold."""
        return self.known.get((layer, head))

    def strongest(self, layer: int, head: int) -> Pointer | None:
        """Where the head points most: sinks, special tokens and a token itself do not count."""
        place = (layer, head)
        if place not in self._pointers:  # asked for at every click, for every head of the wall
            self._pointers[place] = self._find_strongest(layer, head)
        return self._pointers[place]

    def _find_strongest(self, layer: int, head: int) -> Pointer | None:
        weights = self.capture.head(layer, head)
        aside = [*self.sink_positions, *self.special_positions]
        weights[:, aside] = 0
        weights[aside] = 0
        np.fill_diagonal(weights, 0)
        query, key = np.unravel_index(int(weights.argmax()), weights.shape)
        weight = float(weights[query, key])
        return Pointer(query=int(query), key=int(key), weight=weight) if weight > 0 else None


def attention_overview(
    model: LanguageModel,
    text: str | Tokens,
    pair: str | None = None,
    *,
    limit: int | None = None,
) -> AttentionOverview:
    """Capture ``text`` in ``model``, at most ``limit`` tokens of it, and reduce it.

    Raises what ``capture_attention`` raises.
    """
    capture = capture_attention(model, text, pair, limit=limit)
    profiler = HeadProfiler(capture)
    rows, thumbnails, received = [], [], []
    for place, (_layer, weights) in enumerate(capture.main.by_layer()):  # each computed once
        rows += profiler.rows(place, weights)
        thumbnails.append(pool_layer(weights, side=THUMBNAIL_SIDE))
        received.append(weights.mean(axis=1))
    profile = profiler.table(rows)
    return AttentionOverview(
        capture=capture,
        thumbnails=np.stack(thumbnails),
        notable=notable_heads(profile, count=6),
        known=known_heads(profile),
        sinks=sinks_of(np.stack(received)),
    )
