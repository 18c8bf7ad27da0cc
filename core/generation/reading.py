"""Reads tokens with a model that writes text, going on from what was read before.

Ids in, the logits of the next token out, with what an inspector of the step needs: the vector of
the last layer and the queries of the last token. What is drawn from the logits, and the words, are
not known here.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor
from transformers import DynamicCache

from core.attention.blocks import stepping
from core.attention.capture import places_of
from core.attention.places import Stack
from core.attention.stack import AttentionStack
from core.distribution import FloatArray
from core.errors import InputError
from core.generation.attending import StackRows, stack_of
from core.generation.batching import queue_of
from core.generation.cache import (
    SHELF,
    CacheFacts,
    EncodedSource,
    Held,
    empty_cache,
    facts_of,
)
from core.generation.forward import (
    LastLayer,
    NextLogits,
    Read,
    floats,
    forms_of,
    inputs_of,
    read_on,
)
from core.generation.source import encode_source
from core.language import _
from core.lens.tail import LayerVectors, logits_after
from core.prediction import logits_at
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

ROWS_KEPT: Final = 16
"""The queries of so many last steps are kept; those of earlier ones are made again when asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheTiming:
    """Seconds for one token more, with the keys and values kept and without."""

    with_cache: float
    without_cache: float


class CachedReading:
    """What one session reads: its first tokens and any continuation of them.

    ``source`` is what the encoder of an encoder–decoder model reads. Tokens that a cache on the
    shelf serves for are not read again, and single tokens of several sessions are read together.
    """

    def __init__(self, model: LanguageModel, source: Tokens | None = None) -> None:
        empty_cache(model)  # which tells of a model that has none
        self._model = model
        self.source = source
        self._owner = object()
        self._rows: OrderedDict[tuple[int, ...], StackRows] = OrderedDict()
        weakref.finalize(self, SHELF.drop, self._owner).atexit = False

    def twin(self) -> CachedReading:
        """The reading of another session that begins alike."""
        return CachedReading(self._model, self.source)

    def after(self, ids: Sequence[int]) -> NextLogits:
        """The logits of the token after ``ids``."""
        read = self._read(tuple(ids))
        SHELF.keep(self._owner, read.held)
        return read.next

    def along(self, ids: Sequence[int], first: int) -> Iterator[NextLogits]:
        """What follows each beginning of ``ids`` from ``first`` tokens on, read at once."""
        ids = tuple(ids)
        places = list(range(first - 1, len(ids)))
        last = LastLayer(self._model, places)
        nothing = self._nothing()
        inputs = inputs_of(self._model, ids, nothing.source)
        inputs |= {"past_key_values": nothing.past, "use_cache": True}
        with torch.inference_mode(), stepping(last):
            logits = logits_at(self._model.network, inputs, [-1] if self._model.blocks else places)
        last.remember()
        SHELF.keep(self._owner, replace(nothing, ids=ids))
        if last.vectors is None:
            yield from (NextLogits(logits=floats(row), vector=None) for row in logits[0])
            return
        vectors = last.vectors[0]  # (place, hidden)
        rows = (row for some in self._tail(vectors) for row in some)
        for vector, row in zip(vectors, rows, strict=True):
            yield NextLogits(logits=floats(row), vector=floats(vector))

    def again(self, ids: Sequence[int], vector: FloatArray | None) -> FloatArray:
        """The logits after ``ids``, of the ``vector`` that was kept. (vocab,)"""
        if vector is None:
            return self._read(tuple(ids)).next.logits
        network = self._model.network
        kept = torch.from_numpy(vector)[None].to(network.device, network.dtype)  # (1, hidden)
        return floats(next(self._tail(kept))[0])

    def attention(
        self,
        ids: Sequence[int],
        stack: Stack = "self",
        layers: Sequence[int] | None = None,
        heads: Sequence[int] | None = None,
    ) -> AttentionStack | None:
        """What the last of ``ids`` looks at. (query: that one)

        None where the cache has let go of keys. Raises InputError for layers and heads that are not
        there and UnsupportedError for a model whose attention cannot be tapped.
        """
        shape = places_of(self._model).shapes[stack]
        chosen = _chosen(_("layer"), layers, shape.layers)
        kept = _chosen(_("head"), heads, shape.heads)
        ids = tuple(ids)
        held = self._keys_of(ids)
        cache: DynamicCache = held.cache
        count = len(ids)
        if stack == "cross" and held.source is not None:
            cache, count = held.source.cache, len(held.source.ids)
        rows = self._rows[ids][stack]
        return stack_of(rows, cache, count, chosen, kept, causal=stack != "cross")

    def facts(self, ids: Sequence[int]) -> CacheFacts:
        """What the keys and values of ``ids`` take."""
        held = SHELF.of(self._owner)
        if held is not None and held.common(ids):
            return facts_of(held, len(ids), held=True)
        measured = read_on(self._model, self._nothing(), ids[:1]).held
        return facts_of(measured, len(ids), held=False)

    def timing(self, ids: Sequence[int]) -> CacheTiming:
        """Read the last of ``ids`` with a cache of those before it, and all without one."""
        ids = tuple(ids)
        if self._start(ids) is None:
            self.after(ids)
        source = self._nothing().source
        with_cache = without = float("inf")
        for _round in range(2):  # the quicker of two: the first may warm something up
            held = self._start(ids) or self._nothing()
            start = perf_counter()
            read_on(self._model, held, ids[len(held.ids) :])
            with_cache = min(with_cache, perf_counter() - start)
            inputs = inputs_of(self._model, ids, source) | {"use_cache": False}
            start = perf_counter()
            logits_at(self._model.network, inputs, [-1])
            without = min(without, perf_counter() - start)
        return CacheTiming(with_cache=with_cache, without_cache=without)

    def release(self) -> None:
        """Give back the keys and values; they are made again when needed."""
        SHELF.drop(self._owner)
        self._rows.clear()

    @property
    def nbytes(self) -> int:
        """The memory that is held for this session."""
        held = SHELF.of(self._owner)
        queries = sum(
            row.query.nbytes
            for stacks in self._rows.values()
            for rows in stacks.values()
            for row in rows
        )
        return queries + (held.nbytes if held else 0)

    def _read(self, ids: tuple[int, ...]) -> Read:
        """Read those of ``ids`` that no cache serves for, and keep the last queries."""
        held = self._start(ids) or self._nothing()
        if held.ids and len(held.ids) == len(ids) - 1:
            read = queue_of(self._model).step(self._model, self._owner, held, ids[-1])
        else:
            read = read_on(self._model, held, ids[len(held.ids) :])
        if read.rows:
            self._rows[ids] = read.rows
            self._rows.move_to_end(ids)
            while len(self._rows) > ROWS_KEPT:
                self._rows.popitem(last=False)
        return read

    def _keys_of(self, ids: tuple[int, ...]) -> Held:
        """A cache of exactly ``ids``, and their last queries, made again where they are gone."""
        held = SHELF.of(self._owner)
        if held is not None and held.common(ids) == len(ids) and ids in self._rows:
            return held if held.ids == ids else held.first(len(ids))
        read = self._read(ids)
        if held is None:
            SHELF.keep(self._owner, read.held)
        return read.held

    def _tail(self, vectors: Tensor) -> Iterator[Tensor]:
        """The logits of vectors (place, hidden) of the last layer. (place, vocab) each"""
        states = LayerVectors(vectors=(vectors,), outputs=forms_of(self._model.network))
        return logits_after(self._model, states, 0)

    def _start(self, ids: tuple[int, ...]) -> Held | None:
        """A cache of a beginning of ``ids``, if anybody keeps one."""
        return SHELF.start(self._model.network, ids, self.source.ids if self.source else ())

    def _nothing(self) -> Held:
        """A cache of no token."""
        model, source = self._model, None
        if self.source is not None:
            last = LastLayer(model)
            with stepping(last):
                vectors = encode_source(model, self.source)
            last.remember()
            source = EncodedSource(ids=self.source.ids, vectors=vectors, cache=DynamicCache())
        network = weakref.ref(model.network)
        return Held(network=network, ids=(), cache=empty_cache(model), source=source)


def _chosen(what: str, chosen: Sequence[int] | None, count: int) -> tuple[int, ...]:
    """The numbers chosen, or all; InputError for one that is not there."""
    numbers = tuple(range(count)) if chosen is None else tuple(int(number) for number in chosen)
    for number in numbers:
        if not 0 <= number < count:
            raise InputError(
                _("There is no {what} {number}: choose from 0 to {last}.").format(
                    what=what, number=number, last=count - 1
                )
            )
    return numbers
