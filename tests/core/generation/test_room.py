"""Keys and values grow where they lie, and what was seen of them never changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor
from transformers import DynamicCache

from core.generation.cache import fork
from core.generation.room import BLOCK, GrowingLayer, Room


@pytest.fixture(autouse=True)
def _no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def _states(count: int, first: int = 0) -> Tensor:
    """Keys that tell their place. (1, kv head, key, dim)"""
    places = torch.arange(first, first + count, dtype=torch.float32)
    return places[None, None, :, None].expand(1, 2, count, 4).clone()


def _cache(count: int) -> DynamicCache:
    cache = DynamicCache()
    cache.update(_states(count), -_states(count), 0)
    return fork(cache)


def _add(cache: DynamicCache, value: float) -> None:
    state = torch.full((1, 2, 1, 4), value)
    keys, values = cache.update(state, -state, 0)
    assert keys[0, 0, -1, 0] == value
    assert values[0, 0, -1, 0] == -value


def _read(cache: DynamicCache) -> list[float]:
    (layer,) = cache.layers
    assert torch.equal(layer.keys, -layer.values)
    return layer.keys[0, 1, :, 2].tolist()


def test_tokens_one_by_one_move_once_a_block() -> None:
    cache = _cache(5)
    addresses = set()
    for place in range(5, 3 * BLOCK):
        _add(cache, place)
        addresses.add(cache.layers[0].keys.data_ptr())
    assert _read(cache) == list(range(3 * BLOCK))
    assert len(addresses) <= 3


def test_caches_of_one_beginning_go_on_each_for_itself() -> None:
    one = _cache(5)
    _add(one, 10)
    other, third = fork(one), fork(one)
    for cache, value in ((one, 11), (other, 21), (third, 31), (one, 12), (other, 22)):
        _add(cache, value)
    first = [*range(5), 10]
    assert _read(one) == [*first, 11, 12]
    assert _read(other) == [*first, 21, 22]
    assert _read(third) == [*first, 31]


def test_a_cache_that_was_cropped_leaves_alone_what_was_kept() -> None:
    cache = _cache(5)
    _add(cache, 10)
    _add(cache, 11)
    kept = fork(cache)
    cache.crop(-1)
    _add(cache, 99)
    assert _read(kept) == [*range(5), 10, 11]
    assert _read(cache) == [*range(5), 10, 99]


def test_tensors_put_in_place_of_the_room_are_what_counts() -> None:
    cache = _cache(5)
    _add(cache, 10)
    cache.reorder_cache(torch.tensor([0]))
    cache.layers[0].keys += 100
    cache.layers[0].values -= 100
    _add(cache, 7)
    assert _read(cache) == [*range(100, 105), 110, 7]


def test_a_place_is_given_to_one_thread_only() -> None:
    for _round in range(20):
        room = Room(_states(3), _states(3), 4)
        start = threading.Barrier(8)

        def claim(room: Room = room, start: threading.Barrier = start) -> bool:
            start.wait()
            return room.claim(3, 1)

        with ThreadPoolExecutor(8) as threads:
            found = [one.result() for one in [threads.submit(claim) for _number in range(8)]]
        assert found.count(True) == 1


def test_an_empty_layer_begins_as_the_library_s_own_does() -> None:
    cache = DynamicCache()
    cache.layers.append(GrowingLayer())
    cache.update(_states(4), -_states(4), 0)
    _add(cache, 4)
    assert _read(cache) == [0, 1, 2, 3, 4]
