"""Everything the first screen of the Attention page shows of one text, computed together.

A capture, all heads as thumbnails, what the heads are known for in this text, and the sinks; of one
stack. It draws nothing and knows no page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.attention.capture import AttentionCapture, AttentionStack, capture_attention
from core.attention.notable import KnownHead, known_heads, notable_heads
from core.attention.places import Stack
from core.attention.pointers import Pointer
from core.attention.profile import HeadProfiler, head_scores
from core.attention.recording import FloatArray
from core.attention.reduced import Sink, pool_layer, sinks_of

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel
    from core.tokens import Tokens

THUMBNAIL_SIDE: Final = 64

# A thumbnail is kept as steps of the square root, the scale in which it is drawn: a quarter of the
# memory, and off by less than a step of colour.
_STEPS: Final = 255
_WEIGHT_OF_STEP: Final[FloatArray] = np.square(
    np.linspace(0, 1, _STEPS + 1, dtype=np.float32), dtype=np.float32
)
_POINTER_BYTES: Final = 300
_TOKEN_BYTES: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionOverview:
    """One text in one model: what to show first, and where to find the rest.

    ``stack`` says which attention it is of. ``profile`` is the table of ``head_profile``. Of a
    cross stack no head is known for anything: its notable heads are those that point most.
    """

    capture: AttentionCapture
    stack: Stack
    steps: npt.NDArray[np.uint8]  # (layer, head, row, column): see ``thumbnails``
    profile: pd.DataFrame
    notable: tuple[KnownHead, ...]
    known: Mapping[tuple[int, int], KnownHead]
    sinks: tuple[Sink, ...]
    _pointers: dict[tuple[int, int], Pointer | None] = field(default_factory=dict, repr=False)

    @property
    def attention(self) -> AttentionStack:
        """The attention that the overview is of."""
        return self.capture.stack(self.stack)

    @property
    def query_tokens(self) -> Tokens:
        """The tokens that look: the rows."""
        return self.capture.query_tokens(self.stack)

    @property
    def key_tokens(self) -> Tokens:
        """The tokens that are looked at: the columns."""
        return self.capture.key_tokens(self.stack)

    @property
    def layers(self) -> tuple[int, ...]:
        """The numbers of the layers."""
        return self.attention.layers

    @property
    def heads(self) -> tuple[int, ...]:
        """The numbers of the heads of each layer."""
        return self.attention.heads

    @property
    def causal(self) -> bool:
        """Whether no query sees a later key."""
        return self.attention.causal

    @property
    def head_count(self) -> int:
        """How many heads there are in all layers together."""
        return len(self.layers) * len(self.heads)

    @property
    def thumbnails(self) -> FloatArray:
        """The largest weight of each bin, to 0.004. (layer, head, row, column)

        In the order of ``layers`` and ``heads``; at most ``THUMBNAIL_SIDE`` rows and columns.
        """
        weights: FloatArray = _WEIGHT_OF_STEP[self.steps]
        return weights

    @property
    def sink_positions(self) -> tuple[int, ...]:
        """The tokens that take a large share of all attention."""
        return tuple(sink.position for sink in self.sinks)

    @property
    def special_positions(self) -> tuple[int, ...]:
        """The tokens looked at that stand for no text."""
        return _special(self.key_tokens)

    @property
    def special_queries(self) -> tuple[int, ...]:
        """The tokens that look and stand for no text."""
        return _special(self.query_tokens)

    @property
    def pooled(self) -> bool:
        """Whether a cell of a thumbnail stands for several tokens."""
        return max(len(self.query_tokens), len(self.key_tokens)) > THUMBNAIL_SIDE

    @property
    def nbytes(self) -> int:
        """The memory that is held, tokens and what may yet be found of each head included."""
        decoder = self.capture.decoder_tokens
        tokens = len(self.capture.tokens) + (0 if decoder is None else len(decoder))
        small = self.head_count * _POINTER_BYTES + tokens * _TOKEN_BYTES
        table = int(self.profile.memory_usage(index=True, deep=True).sum())
        return self.capture.nbytes + self.steps.nbytes + table + small

    def place(self, layer: int | None, head: int | None) -> tuple[int, int]:
        """``layer`` and ``head`` where the stack has them, else the first notable head."""
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

    def strongest_from(self, layer: int, head: int, query: int) -> Pointer | None:
        """Where the head points most from one token, as ``strongest`` counts."""
        weights = self._between_words(layer, head)[query]
        key = int(weights.argmax())
        weight = float(weights[key])
        return Pointer(query=query, key=key, weight=weight) if weight > 0 else None

    def scores(self, layer: int, head: int) -> dict[str, float]:
        """The numbers of one head in ``profile``, by column."""
        return head_scores(self.profile, layer, head)

    def ranked(self, column: str) -> list[tuple[tuple[int, int], float]]:
        """All heads with their number in a column of ``profile``, the largest first."""
        rows = self.profile.sort_values([column, "layer", "head"], ascending=[False, True, True])
        places = zip(rows["layer"], rows["head"], strict=True)
        return [
            ((int(layer), int(head)), float(score))
            for (layer, head), score in zip(places, rows[column], strict=True)
        ]

    def _find_strongest(self, layer: int, head: int) -> Pointer | None:
        weights = self._between_words(layer, head)
        weights[list(self.special_queries)] = 0
        if self.stack != "cross":
            weights[list(self.sink_positions)] = 0
        query, key = np.unravel_index(int(weights.argmax()), weights.shape)
        weight = float(weights[query, key])
        return Pointer(query=int(query), key=int(key), weight=weight) if weight > 0 else None

    def _between_words(self, layer: int, head: int) -> FloatArray:
        """The weights of a head without its sinks, special keys and looks at itself."""
        weights = self.attention.head(layer, head)
        weights[:, [*self.sink_positions, *self.special_positions]] = 0
        if self.stack != "cross":
            np.fill_diagonal(weights, 0)
        return weights


def attention_overview(
    model: LanguageModel,
    text: str | Tokens,
    pair: str | Tokens | None = None,
    *,
    limit: int | None = None,
    stack: Stack = "self",
) -> AttentionOverview:
    """Capture ``text`` in ``model``, at most ``limit`` tokens of it, and reduce it.

    ``stack`` is "self" (the encoder's own of an encoder–decoder model), "decoder" or "cross".
    Raises what ``capture_attention`` raises, and InputError for a stack that the model has not.
    """
    return overview_of(capture_attention(model, text, pair, limit=limit), stack=stack)


def overview_of(capture: AttentionCapture, *, stack: Stack = "self") -> AttentionOverview:
    """``attention_overview`` of what is captured already, with all query rows."""
    profiler = HeadProfiler(capture, stack)
    scores, steps, received = [], [], []
    for place, (_layer, weights) in enumerate(capture.stack(stack).by_layer()):  # each once
        scores.append(profiler.scores(place, weights))
        pooled = pool_layer(weights, side=THUMBNAIL_SIDE)
        steps.append(np.rint(_STEPS * np.sqrt(pooled.clip(0, 1))).astype(np.uint8))
        received.append(weights.mean(axis=1))
    profile = profiler.table(scores)
    return AttentionOverview(
        capture=capture,
        stack=stack,
        steps=np.stack(steps),
        profile=profile,
        notable=notable_heads(profile, count=6),
        known=known_heads(profile),
        sinks=sinks_of(np.stack(received)),
    )


def _special(tokens: Tokens) -> tuple[int, ...]:
    return tuple(place for place, special in enumerate(tokens.special) if special)
