"""A cache bounded in bytes, least recently used out first, that computes each value once.

Shared by all sessions: when two ask for the same key at the same time, one computes and the other
waits for it. Knows nothing of what it holds but its size.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ByteCache(Generic[Value]):
    """Values by key, together no larger than ``limit`` bytes as ``size`` counts them."""

    def __init__(self, limit: int, size: Callable[[Value], int]) -> None:
        self._limit = limit
        self._size = size
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._pending: dict[Hashable, Future[Value]] = {}
        self._bytes = 0

    @property
    def nbytes(self) -> int:
        """Bytes held now."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The value under ``key``, computed where it is missing; an error of it is raised."""
        while True:
            with self._lock:
                if key in self._values:
                    self._values.move_to_end(key)
                    return self._values[key]
                pending = self._pending.get(key)
                if pending is None:
                    mine: Future[Value] = Future()
                    self._pending[key] = mine
                    break
            try:
                return pending.result()
            except CancelledError:
                continue  # the session that computed it went away: compute it here
        return self._compute(key, compute, mine)

    def held(self, key: Hashable) -> Value | None:
        """The value under ``key``, None where there is none."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: Hashable, value: Value) -> None:
        """Hold a value that was computed elsewhere, in place of one that is there."""
        with self._lock:
            if key in self._values:
                self._bytes -= self._size(self._values.pop(key))
            self._keep(key, value)

    def drop(self, belongs: Callable[[Hashable], bool]) -> None:
        """Forget every value whose key ``belongs``."""
        with self._lock:
            for key in [key for key in self._values if belongs(key)]:
                self._bytes -= self._size(self._values.pop(key))

    def _compute(self, key: Hashable, compute: Callable[[], Value], mine: Future[Value]) -> Value:
        try:
            value = compute()
        except Exception as error:
            self._settle(key)
            mine.set_exception(error)
            raise
        except BaseException:
            self._settle(key)
            mine.cancel()
            raise
        with self._lock:
            self._pending.pop(key, None)
            self._keep(key, value)
        mine.set_result(value)
        return value

    def _settle(self, key: Hashable) -> None:
        with self._lock:
            self._pending.pop(key, None)

    def _keep(self, key: Hashable, value: Value) -> None:
        size = self._size(value)
        if size > self._limit:
            return  # handed out, not held: one value may not push out everything else
        self._values[key] = value
        self._bytes += size
        while self._bytes > self._limit:
            _key, oldest = self._values.popitem(last=False)
            self._bytes -= self._size(oldest)
