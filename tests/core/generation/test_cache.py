"""The shelf of keys and values: bounded, shared by beginnings, given back when idle."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import UnsupportedError
from core.generation import GenerationSession, SamplingSettings, go_on
from core.generation.cache import CacheShelf, Held, empty_cache
from core.generation.forward import read_on
from core.models import LanguageModel, load_model

Folder = Callable[[str], Path]
GREEDY = SamplingSettings(greedy=True)


def _held(model: LanguageModel, ids: tuple[int, ...]) -> Held:
    nothing = Held(network=weakref.ref(model.network), ids=(), cache=empty_cache(model))
    return read_on(model, nothing, ids).held


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def model(model_folder: Folder) -> LanguageModel:
    return load_model(str(model_folder("llama")))


def test_the_longest_beginning_is_found_whoever_keeps_it(model: LanguageModel) -> None:
    shelf = CacheShelf()
    shelf.keep("one", _held(model, (5, 6, 7, 8)))
    shelf.keep("two", _held(model, (5, 6, 9)))
    for ids, count in [((5, 6, 7, 1), 3), ((5, 6, 9, 9), 3), ((5, 6), 1), ((1, 2, 3), 0)]:
        found = shelf.start(model.network, ids)
        assert (len(found.ids) if found else 0) == count
        if found:
            assert found.ids == ids[:count]
            assert found.cache.get_seq_length() == count


def test_what_lies_on_the_shelf_is_never_changed(model: LanguageModel) -> None:
    shelf = CacheShelf()
    shelf.keep("one", _held(model, (5, 6, 7, 8)))
    for ids in ((5, 6, 7, 8, 9), (5, 6, 1, 1)):
        found = shelf.start(model.network, ids)
        assert found is not None
        read_on(model, found, ids[len(found.ids) :])
    kept = shelf.of("one")
    assert kept is not None
    assert kept.ids == (5, 6, 7, 8)
    assert {layer.keys.shape[2] for layer in kept.cache.layers} == {4}


def test_the_oldest_goes_beyond_the_limit(model: LanguageModel) -> None:
    each = _held(model, (5, 6, 7)).nbytes
    shelf = CacheShelf(limit=2 * each)
    for owner in ("one", "two", "three"):
        shelf.keep(owner, _held(model, (5, 6, 7)))
    assert shelf.of("one") is None
    assert len(shelf) == 2
    assert shelf.nbytes == 2 * each
    shelf.keep("two", _held(model, tuple(range(20))))  # which alone is too large
    assert shelf.of("two") is None
    assert shelf.of("three") is not None


def test_what_is_idle_is_given_back(model: LanguageModel) -> None:
    clock = _Clock()
    shelf = CacheShelf(idle=10, clock=clock)
    shelf.keep("one", _held(model, (5, 6)))
    clock.now = 9
    shelf.keep("two", _held(model, (5, 6)))
    clock.now = 11
    shelf.sweep()
    assert shelf.of("one") is None
    assert shelf.of("two") is not None


def test_it_wakes_by_itself(model: LanguageModel) -> None:
    import time

    shelf = CacheShelf(idle=0.05)
    shelf.keep("one", _held(model, (5, 6)))
    end = time.monotonic() + 5
    while len(shelf) and time.monotonic() < end:
        time.sleep(0.01)
    assert not len(shelf)


def test_a_network_that_is_gone_takes_its_keys_along(model_folder: Folder) -> None:
    shelf = CacheShelf()
    gone = load_model(str(model_folder("llama")))
    shelf.keep("one", _held(gone, (5, 6)))
    del gone
    gc.collect()
    shelf.sweep()
    assert not len(shelf)


def test_a_session_within_a_bound_too_small_steps_all_the_same(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.generation import reading

    expected = [
        step.token_id for step in go_on(GenerationSession(model, "One two", settings=GREEDY), 9)
    ]
    monkeypatch.setattr(reading, "SHELF", CacheShelf(limit=0))
    session = GenerationSession(model, "One two", settings=GREEDY)
    assert [step.token_id for step in go_on(session, 9)] == expected
    assert not session.cache_facts().held


def test_a_window_that_moved_on_cannot_be_cut_back(model_folder: Folder) -> None:
    gemma = load_model(str(model_folder("gemma2")))  # a window of six
    shelf = CacheShelf()
    shelf.keep("long", _held(gemma, tuple(range(5, 20))))
    assert shelf.start(gemma.network, tuple(range(5, 12))) is None
    assert shelf.start(gemma.network, tuple(range(5, 21))) is not None


def test_a_network_with_a_state_of_its_own_is_refused(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(model.network), "_is_stateful", True, raising=False)
    with pytest.raises(UnsupportedError, match="cannot be split"):
        GenerationSession(model, "One two")


def test_five_hundred_steps_leak_nothing(tmp_path: Path, make_model: Callable[..., Path]) -> None:
    model = load_model(str(make_model("gpt2", tmp_path, max_position_embeddings=600)))
    model.network.generation_config.eos_token_id = None

    def run(count: int) -> None:
        session = GenerationSession(model, "One two three", settings=GREEDY)
        assert sum(1 for _step in go_on(session, count)) == count

    run(5)
    gc.collect()
    tracemalloc.start()
    run(500)
    gc.collect()
    left, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < 200_000
