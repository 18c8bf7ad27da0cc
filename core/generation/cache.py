"""Keys and values of tokens read before, kept between steps within a bound.

One shelf serves all sessions of the process. What lies on it is never changed, only replaced: a
longer cache is a new one that shares the parts they have in common, so branches and sessions with
the same beginning can all start from it. Who steps is not known here.
"""

from __future__ import annotations

import copy
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from torch import Tensor, nn
from transformers import Cache, DynamicCache, EncoderDecoderCache, PreTrainedModel
from transformers.cache_utils import CacheLayerMixin, DynamicLayer, DynamicSlidingWindowLayer

from core.attention.virtual import PrefixCache
from core.errors import UnsupportedError
from core.generation.room import GrowingLayer
from core.language import _

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

CACHE_LIMIT: Final = 512 * 2**20
"""Bytes of keys and values that idle sessions hold together; beyond, the oldest go."""
IDLE_SECONDS: Final = 600.0
"""After so long without a step a session's keys and values are given back."""

_PLAIN: Final = frozenset({DynamicLayer, DynamicSlidingWindowLayer, GrowingLayer})


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheFacts:
    """What the keys and values of a text take.

    ``shape`` of each of keys and values: (layer, kv head, token, dim), of a full layer where some
    keep a window only. ``nbytes`` are of all of them, ``source_nbytes`` those that a decoder has of
    the text its encoder read; ``held`` says whether they are there now or would have to be made
    again.
    """

    shape: tuple[int, int, int, int]
    dtype: str
    nbytes: int
    bytes_per_token: int
    held: bool
    window: int | None = None
    source_nbytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedSource:
    """What a decoder has of the tokens ``ids`` that its encoder read.

    ``cache`` are their keys and values in the decoder's layers, filled in by its first pass.
    """

    ids: tuple[int, ...]
    vectors: Tensor  # (1, source token, hidden)
    cache: DynamicCache

    @property
    def nbytes(self) -> int:
        """The memory of all of it."""
        return self.vectors.nbytes + sum(part.nbytes for part in _tensors(self.cache))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """A cache of one row and the tokens ``ids`` whose keys and values it has.

    ``source`` is what an encoder–decoder model goes by besides.
    """

    network: weakref.ref[PreTrainedModel]
    ids: tuple[int, ...]
    cache: DynamicCache
    source: EncodedSource | None = None

    @property
    def nbytes(self) -> int:
        """The memory of its keys and values, room to grow included, and of the source."""
        own = sum(part.untyped_storage().nbytes() for part in _tensors(self.cache))
        return own + (self.source.nbytes if self.source else 0)

    @property
    def past(self) -> Cache:
        """The cache as the network takes it."""
        if self.source is None:
            return self.cache
        return EncoderDecoderCache(self.cache, self.source.cache)

    @property
    def source_ids(self) -> tuple[int, ...]:
        """The tokens of the source, where there is one."""
        return self.source.ids if self.source else ()

    def common(self, ids: Sequence[int]) -> int:
        """How many of the first of ``ids`` it serves for, its layers permitting."""
        count = 0
        for own, other in zip(self.ids, ids, strict=False):
            if own != other:
                break
            count += 1
        return count if count == len(self.ids) or _croppable(self.cache) else 0

    def first(self, count: int) -> Held:
        """A cache of the first ``count`` tokens, which may be gone on with freely."""
        cache = fork(self.cache)
        if count < len(self.ids):
            cache.crop(count - len(self.ids))
        return replace(self, ids=self.ids[:count], cache=cache)


def empty_cache(model: LanguageModel) -> DynamicCache:
    """A cache such as the network makes itself, with nothing in it.

    Raises UnsupportedError for a network that remembers its text in another way.
    """
    if getattr(model.network, "_is_stateful", False):
        raise UnsupportedError(
            _(
                "{id} remembers its text in a state that cannot be split ({name}): choose another "
                "model."
            ).format(id=model.id, name=type(model.network).__name__)
        )
    virtual = model.virtual
    if virtual is not None and virtual.prefixes:
        return PrefixCache(virtual.prefixes, config=model.network.config)
    return DynamicCache(config=model.network.config)


def fork(cache: DynamicCache) -> DynamicCache:
    """A cache with the same content: growing or cropping either leaves the other alone."""
    twin = copy.copy(cache)
    # Layers of these kinds never write into what their tensors show.
    twin.layers = [_copied(layer) for layer in cache.layers]
    return twin


def _copied(layer: CacheLayerMixin) -> CacheLayerMixin:
    """What copy.copy makes, ten times as fast, since it happens for every layer in every step."""
    kind = GrowingLayer if type(layer) is DynamicLayer else type(layer)
    twin: CacheLayerMixin = object.__new__(kind)
    twin.__dict__.update(layer.__dict__)
    return twin


def is_plain(cache: DynamicCache) -> bool:
    """Whether every layer keeps keys and values and nothing else, so that it can be forked."""
    return all(type(layer) in _PLAIN for layer in cache.layers)


def _tensors(cache: DynamicCache) -> list[Tensor]:
    """Keys and values of each layer in turn."""
    parts = [part for layer in cache.layers for part in (layer.keys, layer.values)]
    return [part for part in parts if isinstance(part, Tensor)]


def _croppable(cache: DynamicCache) -> bool:
    """Whether no layer has let go of keys that a shorter text would need."""
    return not any(
        isinstance(layer, DynamicSlidingWindowLayer)
        and layer.cumulative_length >= layer.sliding_window
        for layer in cache.layers
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Entry:
    """What one owner keeps, ``since`` when, and its bytes, which take a while to count."""

    since: float
    held: Held
    nbytes: int


class CacheShelf:
    """The caches of all sessions, at most ``limit`` bytes, given back after ``idle`` seconds.

    An owner has one cache at most. Shared parts count for each. Safe for several threads.
    """

    def __init__(
        self,
        limit: int = CACHE_LIMIT,
        idle: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._idle, self._clock = limit, idle, clock
        self._lock = threading.RLock()
        self._held: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._timer: threading.Timer | None = None

    def __len__(self) -> int:
        return len(self._held)

    @property
    def nbytes(self) -> int:
        """Bytes held now."""
        with self._lock:
            return sum(entry.nbytes for entry in self._held.values())

    def of(self, owner: Hashable) -> Held | None:
        """What ``owner`` keeps, to be looked at only."""
        with self._lock:
            found = self._held.get(owner)
        return found.held if found else None

    def start(
        self, network: nn.Module, ids: Sequence[int], source: Sequence[int] = ()
    ) -> Held | None:
        """The longest cache of a beginning of ``ids``, without the last, whoever keeps it.

        Of one with the same ``source`` an empty beginning is of use too.
        """
        ids, source = tuple(ids[:-1]), tuple(source)
        with self._lock:
            every = [entry.held for entry in self._held.values()]
        own = [held for held in every if held.network() is network and held.source_ids == source]
        count, best = max(
            ((held.common(ids), held) for held in own), key=lambda pair: pair[0], default=(0, None)
        )
        if best is None or not (count or (best.source and _croppable(best.cache))):
            return None
        return best.first(count)

    def keep(self, owner: Hashable, held: Held) -> None:
        """Let ``owner`` keep ``held`` in place of what it kept."""
        with self._lock:
            self._held.pop(owner, None)
            size = held.nbytes
            if size <= self._limit and is_plain(held.cache):
                self._held[owner] = _Entry(since=self._clock(), held=held, nbytes=size)
            self.sweep()

    def drop(self, owner: Hashable) -> None:
        """Give back what ``owner`` keeps."""
        with self._lock:
            self._held.pop(owner, None)

    def sweep(self) -> None:
        """Give back what is idle, whose network is gone, and the oldest beyond the limit."""
        with self._lock:
            now = self._clock()
            for owner, entry in list(self._held.items()):
                if now - entry.since >= self._idle or entry.held.network() is None:
                    del self._held[owner]
            total = self.nbytes
            while total > self._limit:
                _owner, oldest = self._held.popitem(last=False)
                total -= oldest.nbytes
            self._arm()

    def _arm(self) -> None:
        """Sweep again when the first may have become idle."""
        if self._timer is not None and self._timer.is_alive():
            return
        self._timer = None
        if self._held:
            self._timer = threading.Timer(self._idle, self._wake)
            self._timer.daemon = True
            self._timer.start()

    def _wake(self) -> None:
        with self._lock:
            self._timer = None
            self.sweep()


SHELF: Final = CacheShelf()
"""The shelf that every session uses."""


def facts_of(measured: Held, count: int, *, held: bool) -> CacheFacts:
    """What the keys and values of ``count`` tokens take, by those of the tokens ``measured``."""
    layers: list[Any] = [layer for layer in measured.cache.layers if isinstance(layer.keys, Tensor)]
    full = max(layers, key=lambda layer: int(layer.keys.shape[2]))
    _row, heads, _tokens, dim = full.keys.shape
    windows = [_window(layer) for layer in layers]
    kept = [count if window is None else min(count, window - 1) for window in windows]
    each = [(layer.keys.nbytes + layer.values.nbytes) // layer.keys.shape[2] for layer in layers]
    return CacheFacts(
        shape=(len(layers), int(heads), count, int(dim)),
        dtype=str(full.keys.dtype).removeprefix("torch."),
        nbytes=sum(number * size for number, size in zip(kept, each, strict=True)),
        bytes_per_token=sum(each),
        held=held,
        window=min((window for window in windows if window is not None), default=None),
        source_nbytes=measured.source.nbytes if measured.source else 0,
    )


def _window(layer: object) -> int | None:
    """How many tokens a layer keeps, with the one that looks; None where all."""
    if isinstance(layer, DynamicSlidingWindowLayer):
        return int(layer.sliding_window)
    return None
