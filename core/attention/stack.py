"""The attention of one stack of layers: an encoder's, a decoder's, or of one to the other.

Holds queries and keys, in numpy, and makes weights of them when asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.attention.recording import FloatArray, LayerRecord
from core.errors import InputError
from core.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionStack:
    """The attention of one stack of layers; ``layers`` and ``heads`` are the numbers kept."""

    layers: tuple[int, ...]
    heads: tuple[int, ...]
    causal: bool
    records: tuple[LayerRecord, ...]

    def head(self, layer: int, head: int) -> FloatArray:
        """The weights of one head. (query, key)"""
        return self._record(layer).weights(self._place(head))

    def head_scores(self, layer: int, head: int) -> FloatArray:
        """The scaled scores of one head before softmax, −inf where masked. (query, key)"""
        return self._record(layer).scores(self._place(head))

    def head_vectors(self, layer: int, head: int) -> tuple[FloatArray, FloatArray]:
        """The queries (query, dim) and the keys (key, dim) of one head."""
        record, place = self._record(layer), self._place(head)
        return record.queries[place], record.keys[record.kv_heads[place]]

    def by_layer(self) -> Iterator[tuple[int, FloatArray]]:
        """Layer number and weights (head, query, key), one layer at a time."""
        for layer, record in zip(self.layers, self.records, strict=True):
            yield layer, record.weights()

    @property
    def weights(self) -> FloatArray:
        """All weights kept. (layer, head, query, key)"""
        first = self.records[0].weights()
        every = np.empty((len(self.records), *first.shape), dtype=np.float32)
        every[0] = first
        for place, record in enumerate(self.records[1:], start=1):
            every[place] = record.weights()
        return every

    @property
    def scores(self) -> FloatArray:
        """All scores kept, −inf where masked. (layer, head, query, key)"""
        return np.stack([record.scores() for record in self.records])

    @property
    def queries(self) -> FloatArray:
        """All queries, after rotary embedding. (layer, head, query, dim)"""
        return np.stack([record.queries for record in self.records])

    @property
    def keys(self) -> FloatArray:
        """All keys, repeated for the heads that share them. (layer, head, key, dim)"""
        return np.stack([record.keys[list(record.kv_heads)] for record in self.records])

    @property
    def values(self) -> FloatArray | None:
        """All values, repeated for the heads that share them, if kept. (layer, head, key, dim)"""
        kept = [
            record.values[list(record.kv_heads)]
            for record in self.records
            if record.values is not None
        ]
        return np.stack(kept) if kept else None

    @property
    def nbytes(self) -> int:
        """The memory that is held; what layers share counts once."""
        arrays = {id(part): part.nbytes for record in self.records for part in record.arrays}
        return sum(arrays.values())

    def _record(self, layer: int) -> LayerRecord:
        if layer not in self.layers:
            raise _missing(_("layer"), layer, self.layers)
        return self.records[self.layers.index(layer)]

    def _place(self, head: int) -> int:
        if head not in self.heads:
            raise _missing(_("head"), head, self.heads)
        return self.heads.index(head)


def _missing(what: str, number: int, kept: tuple[int, ...]) -> InputError:
    return InputError(
        _("The capture does not hold {what} {number}: it holds {kept}.").format(
            what=what, number=number, kept=", ".join(map(str, kept))
        )
    )
