"""The pool: one loading, one limit, nobody's model taken away."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from types import SimpleNamespace

import pytest
import torch

from core.errors import BrokenModelError, ModelError, TooLargeError
from core.models import ModelPool, load_model, model_size
from core.models import pool as pool_module


class Shelf:
    """Fake models of given sizes, and a record of what was loaded."""

    def __init__(self, **sizes):
        self.sizes = sizes
        self.loaded = []
        self.gate = threading.Event()
        self.gate.set()

    def load(self, name):
        self.loaded.append(name)
        self.gate.wait(5)
        if name == "broken":
            raise BrokenModelError("the files do not make a model")
        return SimpleNamespace(
            id=name,
            nbytes=self.sizes[name],
            device=torch.device("cpu"),
            dtype=torch.float32,
            network=torch.nn.Identity(),
        )

    def pool(self, limit):
        return ModelPool(limit, load=self.load, measure=lambda name: self.sizes.get(name, 0))


def names(pool):
    return [model.id for model in pool.loaded()]


def use(pool, *ids):
    for name in ids:
        with pool.lease(name):
            pass


def test_a_model_is_loaded_once_and_kept():
    shelf = Shelf(a=1)
    pool = shelf.pool(10)
    use(pool, "a", "a")
    assert shelf.loaded == ["a"]
    (model,) = pool.loaded()
    assert (model.nbytes, model.in_use, model.dtype) == (1, 0, torch.float32)
    assert time.time() - model.last_used < 5


def test_the_least_recently_used_leaves_first():
    pool = Shelf(a=4, b=4, c=4).pool(10)
    use(pool, "a", "b", "a", "c")
    assert names(pool) == ["c", "a"]


def test_who_keeps_something_of_a_model_is_told_when_it_leaves():
    shelf, told = Shelf(a=6, b=6), []
    pool = ModelPool(10, load=shelf.load, measure=shelf.sizes.get, left=told.append)
    use(pool, "a", "b")
    assert told == ["a"]
    pool.unload("b")
    assert told == ["a", "b"]


def test_a_model_in_use_never_leaves():
    pool = Shelf(a=4, b=4, c=4).pool(10)
    with pool.lease("a"):
        use(pool, "b", "c")
        assert set(names(pool)) == {"a", "c"}
        assert {model.id: model.in_use for model in pool.loaded()} == {"a": 1, "c": 0}
        with pytest.raises(ModelError, match="in use"):
            pool.unload("a")
        with pool.lease("c"), pytest.raises(TooLargeError, match="are in use"):
            use(pool, "b")
    assert pool.unload("a")
    assert not pool.unload("a")


def test_what_is_larger_than_the_limit_is_refused_and_nothing_leaves_for_it():
    shelf = Shelf(a=4, big=11)
    pool = shelf.pool(10)
    use(pool, "a")
    with pytest.raises(TooLargeError, match="big needs"):
        use(pool, "big")
    assert names(pool) == ["a"]
    assert shelf.loaded == ["a"]


def test_two_who_ask_at_once_wait_for_one_loading():
    shelf = Shelf(a=1)
    pool = shelf.pool(10)
    shelf.gate.clear()
    got = []

    def ask():
        with pool.lease("a") as model:
            got.append(model)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    assert pool.loaded() == ()
    with pytest.raises(ModelError, match="in use"):
        pool.unload("a")
    shelf.gate.set()
    for thread in threads:
        thread.join(5)
    assert shelf.loaded == ["a"]
    assert len(got) == 4
    assert len({id(model) for model in got}) == 1


def test_a_failed_loading_leaves_the_pool_clean_and_tells_all_who_wait():
    shelf = Shelf(broken=8, b=8)
    pool = shelf.pool(10)
    shelf.gate.clear()
    told = []

    def ask():
        try:
            use(pool, "broken")
        except BrokenModelError as error:
            told.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    shelf.gate.set()
    for thread in threads:
        thread.join(5)
    assert told == ["the files do not make a model"] * 3
    assert shelf.loaded == ["broken"]
    use(pool, "b")
    assert names(pool) == ["b"]


def test_when_who_loads_goes_away_another_who_waits_loads(monkeypatch):
    """A click ends the script of a session in the middle of what it does."""

    class GoneError(BaseException):
        pass

    shelf = Shelf(a=1)
    load = shelf.load

    def interrupted(name):
        first = not shelf.loaded
        model = load(name)
        if first:
            raise GoneError
        return model

    monkeypatch.setattr(shelf, "load", interrupted)
    pool = shelf.pool(10)
    shelf.gate.clear()
    got, gone = [], []

    def ask():
        try:
            with pool.lease("a") as model:
                got.append(model)
        except GoneError as error:
            gone.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    while not shelf.loaded:
        time.sleep(0.01)
    time.sleep(0.1)
    shelf.gate.set()
    for thread in threads:
        thread.join(5)
    assert len(gone) == 1
    assert len(got) == 3
    assert shelf.loaded == ["a", "a"]
    (kept,) = pool.loaded()
    assert kept.in_use == 0


def test_a_lease_ends_when_its_block_fails():
    pool = Shelf(a=1).pool(10)
    with pytest.raises(ValueError), pool.lease("a"):
        raise ValueError
    assert pool.loaded()[0].in_use == 0


def test_many_threads_never_exceed_the_limit(monkeypatch):
    monkeypatch.setattr(pool_module, "_collect", lambda: None)  # it would take most of the time
    shelf = Shelf(a=4, b=4, c=4, d=4)
    pool = shelf.pool(10)
    failures = []

    def work(turn):
        for step in range(20):
            try:
                use(pool, "abcd"[(turn + step) % 4])
            except TooLargeError:  # both places were in use
                continue
            if sum(model.nbytes for model in pool.loaded()) > 10:
                failures.append(step)

    threads = [threading.Thread(target=work, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not failures
    assert all(model.in_use == 0 for model in pool.loaded())


def test_a_real_model_that_leaves_is_gone_from_memory(model_folder):
    first, second = str(model_folder("bert")), str(model_folder("gpt2"))
    pool = ModelPool(model_size(first) + model_size(second) // 2)
    with pool.lease(first) as model:
        watched = weakref.ref(model.network)
    del model
    use(pool, second)
    gc.collect()
    assert names(pool) == [second]
    assert watched() is None


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_memory_of_the_gpu_is_given_back(model_folder):
    folder = str(model_folder("bert"))
    torch.cuda.empty_cache()
    before = torch.cuda.memory_reserved()
    pool = ModelPool(10**9, load=lambda name: load_model(name, device="cuda"))
    use(pool, folder)
    assert torch.cuda.memory_allocated() > 0
    assert pool.unload(folder)
    assert torch.cuda.memory_reserved() <= before
