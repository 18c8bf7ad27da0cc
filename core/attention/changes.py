"""Changes of heads' outputs, before the output projection mixes the heads.

A change sets the output of one head to zero or to another vector; a variant is a set of changes
that happen together, in one row of a batch. The passes themselves are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.attention.places import AttentionPlaces, PlaceCounter, Stack
from core.attention.recording import FloatArray
from core.attention.tap import AttentionCall

Place = tuple[Stack, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadChange:
    """One head's output, replaced by ``value``: (dim,), (query, dim), or None for zero."""

    layer: int
    head: int
    stack: Stack = "self"
    value: FloatArray | None = None

    @property
    def place(self) -> Place:
        """Where the head's attention stands."""
        return self.stack, self.layer


Variant = Sequence[HeadChange]


@dataclass(frozen=True, slots=True)
class _LayerChanges:
    """All changes in one layer, rows and heads side by side."""

    off: tuple[list[int], list[int]]
    replaced: tuple[list[int], list[int]]
    values: Tensor | None  # (change, 1 or query, dim)

    def apply(self, output: Tensor) -> None:
        """Change ``output`` (batch, query, head, dim) itself."""
        rows, heads = self.off
        if rows:
            output[rows, :, heads] = 0
        if self.values is not None:
            rows, heads = self.replaced
            output[rows, :, heads] = self.values.to(output)


class HeadChanger:
    """A recorder that changes heads: row by row of a batch, each by its variant."""

    def __init__(self, places: AttentionPlaces, variants: Sequence[Variant]) -> None:
        self.counter: PlaceCounter = places.counter()
        self._changes = _by_place(variants)

    def attend(self, call: AttentionCall) -> Tensor:
        """The output of transformers' own SDPA, with the changes of this place."""
        place = self.counter.place(call.module)
        output = call.plain()
        changes = self._changes.get(place)
        if changes is not None:
            changes.apply(output)
        return output


class HeadOutputRecorder:
    """A recorder that keeps the heads' outputs of chosen layers. (head, query, dim)"""

    def __init__(self, places: AttentionPlaces, wanted: Collection[Place]) -> None:
        self.outputs: dict[Place, FloatArray] = {}
        self._counter = places.counter()
        self._wanted = wanted

    def attend(self, call: AttentionCall) -> Tensor:
        """The output of transformers' own SDPA."""
        place = self._counter.place(call.module)
        output = call.plain()
        if place in self._wanted:
            kept = output[0].transpose(0, 1).to("cpu", torch.float32, copy=True)
            self.outputs[place] = kept.contiguous().numpy()
        return output


def _by_place(variants: Sequence[Variant]) -> Mapping[Place, _LayerChanges]:
    found: dict[Place, list[tuple[int, HeadChange]]] = {}
    for row, variant in enumerate(variants):
        for change in variant:
            found.setdefault(change.place, []).append((row, change))
    return {place: _layer_changes(changes) for place, changes in found.items()}


def _layer_changes(changes: Sequence[tuple[int, HeadChange]]) -> _LayerChanges:
    off = [(row, change.head) for row, change in changes if change.value is None]
    kept = [(row, change.head) for row, change in changes if change.value is not None]
    values = [
        torch.from_numpy(np.atleast_2d(change.value))
        for _row, change in changes
        if change.value is not None
    ]
    if not values:
        return _LayerChanges(_columns(off), ([], []), None)
    queries = max(len(value) for value in values)
    together = torch.stack([value.expand(queries, -1) for value in values])
    return _LayerChanges(_columns(off), _columns(kept), together)


def _columns(pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [row for row, _head in pairs], [head for _row, head in pairs]
