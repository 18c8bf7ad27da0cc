"""What the newest token looks at: its query of every layer, kept while a step is computed.

The keys lie in the cache anyhow, so a step keeps one vector per head and the weights follow when
somebody asks. Which step it is, and what is drawn, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from transformers import DynamicCache

from core.attention.places import AttentionPlaces, Stack
from core.attention.recording import BoolArray, FloatArray, LayerRecord
from core.attention.stack import AttentionStack
from core.attention.tap import AttentionCall


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowQuery:
    """The last query row of one layer and how it meets the keys."""

    query: Tensor  # (head, dim)
    scaling: float
    softcap: float | None
    bias: Tensor | None  # (1 or head, key)
    visible: Tensor | None  # (1 or head, key)

    def record(self, keys: Tensor, heads: KeptHeads) -> LayerRecord:
        """What the layer attends with in ``heads``; ``keys`` are all it has. (kv head, key, dim)"""
        query = self.query[:, None] if heads.all else self.query[list(heads.own), None]
        return LayerRecord(
            heads=heads.own,
            kv_heads=heads.places,
            queries=_floats(query),
            keys=_floats(keys if heads.all else keys[list(heads.kept)]),
            values=None,
            scaling=self.scaling,
            softcap=self.softcap,
            bias=_row(self.bias, heads.own),
            visible=_seen(self.visible, heads.own),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHeads:
    """The numbers of heads, those of the keys they look at, and which of these each looks at."""

    own: tuple[int, ...]
    kept: tuple[int, ...]
    places: tuple[int, ...]
    all: bool

    @classmethod
    def of(cls, heads: Sequence[int], count: int, kv_count: int) -> KeptHeads:
        """``heads`` of a layer that has ``count``, and keys for ``kv_count``."""
        repeat = count // kv_count
        kept = sorted({head // repeat for head in heads})
        return cls(
            own=tuple(heads),
            kept=tuple(kept),
            places=tuple(kept.index(head // repeat) for head in heads),
            all=tuple(heads) == tuple(range(count)),
        )


StackRows = Mapping[Stack, Sequence[RowQuery]]
"""The last query rows of each stack of layers that was read, by layer."""


class RowRecorder:
    """A recorder that keeps the last query row of every layer and changes nothing."""

    def __init__(self, places: AttentionPlaces) -> None:
        self._counter = places.counter()
        self.rows: dict[Stack, list[RowQuery]] = {}

    def attend(self, call: AttentionCall) -> Tensor:
        """Keep the row and go on as the network would."""
        self.note(call)
        return call.plain()

    def note(self, call: AttentionCall) -> None:
        """Keep the row of ``call``, a batch of one."""
        query = call.query[0, :, -1]  # (head, dim)
        # Of several tokens only the last is to stay.
        self.keep(call, query if call.query.shape[2] == 1 else query.clone(), *_added(call))

    def keep(
        self,
        call: AttentionCall,
        query: Tensor,
        bias: Tensor | None = None,
        visible: Tensor | None = None,
    ) -> None:
        """Keep ``query`` (head, dim), which ``call`` is about."""
        stack, _layer = self._counter.place(call.module)
        self.rows.setdefault(stack, []).append(
            RowQuery(
                query=query,
                scaling=call.scaling,
                softcap=call.softcap,
                bias=bias,
                visible=visible,
            )
        )


def _added(call: AttentionCall) -> tuple[Tensor | None, Tensor | None]:
    """The last rows of what is added to the scores, and of what is seen. (1 or head, key) each"""
    parts = [part for part in (call.bias, call.mask) if part is not None]
    bias = [part[0, :, -1] for part in parts if part.is_floating_point()]
    seen = None
    if call.mask is not None:
        last = call.mask[0, :, -1]
        seen = ~_hidden(last) if last.is_floating_point() else last != 0
    return (sum(bias[1:], bias[0]) if bias else None), seen


def stack_of(
    rows: Sequence[RowQuery],
    cache: DynamicCache,
    count: int,
    layers: Sequence[int],
    heads: Sequence[int],
    *,
    causal: bool = True,
) -> AttentionStack | None:
    """The attention of ``rows`` to the ``count`` tokens of ``cache``; None where keys are missing.

    A layer with a window has let go of the keys before it.
    """
    first: Tensor = cache.layers[layers[0]].keys
    chosen = KeptHeads.of(heads, rows[layers[0]].query.shape[0], first.shape[1])
    records = []
    for layer in layers:
        keys = cache.layers[layer].keys  # (1, kv head, key, dim)
        row = rows[layer]
        sizes = {part.shape[-1] for part in (row.bias, row.visible) if part is not None}
        if keys.shape[2] != count or sizes - {count}:
            return None
        records.append(row.record(keys[0], chosen))
    return AttentionStack(
        layers=tuple(layers), heads=chosen.own, causal=causal, records=tuple(records)
    )


def last_row(stack: AttentionStack) -> AttentionStack:
    """``stack`` with its last query only."""
    records = tuple(
        replace(
            record,
            queries=record.queries[:, -1:],
            bias=None if record.bias is None else record.bias[:, -1:],
            visible=None if record.visible is None else record.visible[:, -1:],
        )
        for record in stack.records
    )
    return replace(stack, records=records)


def _row(part: Tensor | None, heads: Sequence[int]) -> FloatArray | None:
    """A bias of (1 or head, key) for ``heads``. (1 or head, 1, key)"""
    if part is None:
        return None
    rows = _floats(part.masked_fill(_hidden(part), 0))[:, None]  # ``visible`` tells what is hidden
    return rows if len(rows) == 1 else rows[list(heads)]


def _hidden(part: Tensor) -> Tensor:
    """Where numbers to be added to scores say that a key is not seen."""
    return part < torch.finfo(part.dtype).min / 2


def _seen(part: Tensor | None, heads: Sequence[int]) -> BoolArray | None:
    if part is None:
        return None
    rows: BoolArray = part.cpu().numpy().astype(np.bool_)[:, None]
    if rows.all():
        return None
    return rows if len(rows) == 1 else rows[list(heads)]


def _floats(part: Tensor) -> FloatArray:
    """``part`` in main memory, in float32: itself where it is there, for nobody writes into it."""
    array: FloatArray = part.detach().float().cpu().numpy()
    return array
