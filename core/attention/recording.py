"""Keeps what one forward pass attends with, and makes any head's weights of it.

Queries and keys in float32 are kept, not weights: they take less memory, and any head's weights
follow from them exactly. Nothing here knows of tokens.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.attention.places import AttentionPlaces, Stack
from core.attention.tap import AttentionCall

FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]


class EnoughRecorded(Exception):  # noqa: N818 - not a fault: the rest of the pass is not needed
    """Ends a forward pass after the last layer that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRecord:
    """What one layer attends with; ``heads`` are the numbers of the heads kept."""

    heads: tuple[int, ...]
    kv_heads: tuple[int, ...]
    """For each head kept, the row of ``keys`` that it looks at."""
    queries: FloatArray  # (head, query, dim)
    keys: FloatArray  # (kv head, key, dim)
    values: FloatArray | None  # (kv head, key, dim)
    scaling: float
    softcap: float | None
    bias: FloatArray | None  # (1 or head, query, key)
    visible: BoolArray | None  # (1 or head, query, key)

    @property
    def arrays(self) -> tuple[FloatArray | BoolArray, ...]:
        """Every array kept; layers may share some."""
        parts = (self.queries, self.keys, self.values, self.bias, self.visible)
        return tuple(part for part in parts if part is not None)

    def scores(self, place: int | None = None) -> FloatArray:
        """Scaled scores before softmax, −inf where a query does not see a key.

        Of the head at ``place`` among those kept, (query, key), or of all, (head, query, key).
        """
        return self._scores(place).masked_fill_(~self._seen(place), -torch.inf).numpy()

    def weights(self, place: int | None = None) -> FloatArray:
        """Attention weights: softmax of the scores, in the shapes of ``scores``."""
        scores = self._scores(place)
        if self.visible is not None:
            # Not −inf, of which a query that sees nothing would get no number.
            scores.masked_fill_(~self._seen(place), torch.finfo(torch.float32).min)
        return torch.softmax(scores, dim=-1).numpy()

    def _scores(self, place: int | None) -> Tensor:
        queries, keys = torch.from_numpy(self.queries), torch.from_numpy(self.keys)
        if place is not None:
            queries, keys = queries[place], keys[self.kv_heads[place]]
        elif self.kv_heads != tuple(range(len(self.keys))):
            keys = keys[list(self.kv_heads)]
        scores = torch.matmul(queries, keys.transpose(-1, -2)) * self.scaling
        if self.softcap is not None:
            scores = torch.tanh(scores / self.softcap) * self.softcap
        if self.bias is not None:
            bias = torch.from_numpy(self.bias)
            scores += bias if place is None else bias[place if len(bias) > 1 else 0]
        return scores

    def _seen(self, place: int | None) -> Tensor:
        if self.visible is None:
            return torch.ones((), dtype=torch.bool)
        seen = torch.from_numpy(self.visible)
        return seen if place is None else seen[place if len(seen) > 1 else 0]


class AttentionRecorder:
    """A recorder that keeps chosen layers and switches chosen heads off.

    ``layers`` names what to keep of each stack; ``off`` the heads whose output is set to 0 before
    the output projection. With ``stop`` the pass ends after the last layer to keep.
    """

    def __init__(
        self,
        places: AttentionPlaces,
        layers: Mapping[Stack, Collection[int]],
        *,
        heads: Mapping[Stack, Sequence[int]] | None = None,
        queries: Sequence[int] | None = None,
        values: bool = False,
        off: Mapping[tuple[Stack, int], Sequence[int]] | None = None,
        stop: bool = False,
    ) -> None:
        self.records: dict[tuple[Stack, int], LayerRecord] = {}
        self._counter = places.counter()
        self._wanted = {(stack, layer) for stack, chosen in layers.items() for layer in chosen}
        self._heads = heads or {}
        self._queries = None if queries is None else list(queries)
        self._values = values
        self._off = off or {}
        self._stop = stop
        # Layers share masks and biases: each is kept once, beside the tensor whose id names it.
        self._masks: dict[tuple[int, int, int], tuple[Tensor | None, BoolArray | None]] = {}
        self._biases: dict[tuple[int, int], tuple[list[Tensor], FloatArray]] = {}

    def attend(self, call: AttentionCall) -> Tensor:
        """Keep what is asked for and go on as the library's eager attention would."""
        place = self._counter.place(call.module)
        if place in self._wanted:
            self.records[place] = self._record(call, place[0])
            if self._stop and len(self.records) == len(self._wanted):
                raise EnoughRecorded
        # Where nothing is kept, only heads switched off, SDPA is as good and faster.
        output = call.attended() if self._wanted else call.plain()
        if heads := self._off.get(place):
            output = output.clone()
            output[:, :, list(heads)] = 0
        return output

    def _record(self, call: AttentionCall, stack: Stack) -> LayerRecord:
        heads = tuple(self._heads.get(stack, range(call.query.shape[1])))
        repeat = call.query.shape[1] // call.key.shape[1]
        kept = sorted({head // repeat for head in heads})
        query = call.query[0, list(heads)]
        if self._queries is not None:
            query = query[:, self._queries]
        return LayerRecord(
            heads=heads,
            kv_heads=tuple(kept.index(head // repeat) for head in heads),
            queries=_floats(query),
            keys=_floats(call.key[0, kept]),
            values=_floats(call.value[0, kept]) if self._values else None,
            scaling=call.scaling,
            softcap=call.softcap,
            bias=self._bias(call, heads),
            visible=self._visible(call, heads),
        )

    def _bias(self, call: AttentionCall, heads: tuple[int, ...]) -> FloatArray | None:
        """T5's bias and a mask of numbers, which both are added to the scores."""
        sources = [part for part in (call.bias, call.mask) if part is not None]
        if not any(part.is_floating_point() for part in sources):
            return None
        key = (id(call.bias), id(call.mask))
        if key not in self._biases:
            # Hidden places are told by ``visible``.
            parts = [
                part.float().masked_fill(part < torch.finfo(part.dtype).min / 2, 0)
                for part in sources
                if part.is_floating_point()
            ]
            total = reduce(torch.add, parts)
            self._biases[key] = (sources, _floats(self._rows(total, heads)))
        return self._biases[key][1]

    def _visible(self, call: AttentionCall, heads: tuple[int, ...]) -> BoolArray | None:
        if call.mask is None and not call.causal:
            return None
        key = (id(call.mask), call.query.shape[2], call.key.shape[2])
        if key not in self._masks:
            visible = call.visible()
            rows = None if visible is None else self._rows(visible, heads).cpu().numpy().copy()
            self._masks[key] = (call.mask, None if rows is None or rows.all() else rows)
        return self._masks[key][1]

    def _rows(self, part: Tensor, heads: tuple[int, ...]) -> Tensor:
        """The chosen heads and query rows of a mask or bias of (batch, 1 or head, query, key)."""
        chosen = part[0] if part.shape[1] == 1 else part[0, list(heads)]
        return chosen if self._queries is None else chosen[:, self._queries]


def _floats(part: Tensor) -> FloatArray:
    """A copy of ``part`` in main memory, in float32."""
    copy: FloatArray = part.detach().to("cpu", torch.float32, copy=True).contiguous().numpy()
    return copy
