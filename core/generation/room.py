"""Keys and values that grow where they lie, so that one token more does not copy all before it.

A layer's tensors are views of a room that is a little longer. What a view shows is never written
again: the place behind it belongs to the first that claims it, and whoever comes second, from the
same beginning, moves to a room of its own. So caches that share a room can be kept and gone on with
freely, also by several threads. Whose cache it is is not known here.
"""

from __future__ import annotations

import threading
from typing import Final

from torch import Tensor
from transformers.cache_utils import DynamicLayer

BLOCK: Final = 64
"""Rooms are as long as the next multiple of so many tokens."""


class Room:
    """Memory for the keys and values of one layer, of which the first ``filled`` are in use."""

    def __init__(self, keys: Tensor, values: Tensor, count: int) -> None:
        """A room for ``count`` tokens or more that begins with these. (1, kv head, key, dim)"""
        self.filled = keys.shape[2]
        self.keys, self.values = (_longer(part, count) for part in (keys, values))
        self._lock = threading.Lock()

    def claim(self, first: int, count: int) -> bool:
        """Take the places from ``first`` on for ``count`` tokens; False where they are not free."""
        with self._lock:
            if first != self.filled or first + count > self.keys.shape[2]:
                return False
            self.filled += count
            return True


class GrowingLayer(DynamicLayer):  # type: ignore[misc]
    """A layer of a cache of one row, whose keys and values lie in a room."""

    keys: Tensor
    values: Tensor
    _room: Room | None = None

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: object, **options: object
    ) -> tuple[Tensor, Tensor]:
        """Add keys and values (1, kv head, new, dim); all there are now."""
        if not self.get_seq_length():
            known: tuple[Tensor, Tensor] = super().update(key_states, value_states)
            return known
        first, count = self.keys.shape[2], key_states.shape[2]
        room = self._room
        # The tensors may have been replaced by others, which lie elsewhere.
        if room is None or room.keys.data_ptr() != self.keys.data_ptr():
            room = None
        if room is None or not room.claim(first, count):
            self._room = room = Room(self.keys, self.values, first + count)
            room.claim(first, count)
        room.keys.narrow(2, first, count).copy_(key_states)
        room.values.narrow(2, first, count).copy_(value_states)
        self.keys = room.keys.narrow(2, 0, first + count)
        self.values = room.values.narrow(2, 0, first + count)
        return self.keys, self.values


def _longer(part: Tensor, count: int) -> Tensor:
    """Memory for ``count`` tokens rounded up, which begins with ``part``. (1, kv head, key, dim)"""
    row, heads, filled, dim = part.shape
    room = part.new_empty(row, heads, -(-count // BLOCK) * BLOCK, dim)
    room.narrow(2, 0, filled).copy_(part)
    return room
