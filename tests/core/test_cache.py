"""The cache bounded in bytes."""

from __future__ import annotations

import threading

import pytest

from core.cache import ByteCache


def cache(limit: int) -> ByteCache[str]:
    return ByteCache(limit, len)


def test_a_value_is_computed_once_and_then_found():
    held = cache(10)
    assert held.get("a", lambda: "one") == "one"
    assert held.get("a", lambda: pytest.fail("computed twice")) == "one"


def test_the_least_recently_used_value_goes_first():
    held = cache(6)
    held.get("a", lambda: "aaa")
    held.get("b", lambda: "bbb")
    held.get("a", lambda: pytest.fail("still there"))
    held.get("c", lambda: "ccc")
    assert held.nbytes == 6
    assert held.get("a", lambda: pytest.fail("used last")) == "aaa"
    assert held.get("b", lambda: "new") == "new"


def test_a_value_larger_than_the_limit_is_handed_out_and_not_held():
    held = cache(3)
    held.get("a", lambda: "aaa")
    assert held.get("big", lambda: "bbbb") == "bbbb"
    assert len(held) == 1


def test_an_error_is_raised_and_the_key_stays_free():
    held = cache(3)
    with pytest.raises(ValueError, match="broken"):
        held.get("a", lambda: (_ for _ in ()).throw(ValueError("broken")))
    assert held.get("a", lambda: "aa") == "aa"


def test_a_value_that_was_computed_elsewhere_takes_the_place_of_the_one_there():
    held = cache(9)
    held.get("a", lambda: "aaa")
    held.keep("a", "bbbb")
    assert held.nbytes == 4
    assert held.get("a", lambda: pytest.fail("held already")) == "bbbb"


def test_dropped_values_give_their_bytes_back():
    held = cache(9)
    held.get(("m", 1), lambda: "aaa")
    held.get(("n", 1), lambda: "bbb")
    held.drop(lambda key: key[0] == "m")
    assert held.nbytes == 3


def in_two_threads(held: ByteCache[str], first, second) -> list[object]:
    """Run ``first``, then ``second`` while the first computes; their results in this order."""
    results: list[object] = [None, None]

    def run(place, compute):
        try:
            results[place] = held.get("key", compute)
        except BaseException as error:  # noqa: BLE001 - what was raised is the result
            results[place] = error

    started, go_on = threading.Event(), threading.Event()

    def slow():
        started.set()
        go_on.wait(5)
        return first()

    one = threading.Thread(target=run, args=(0, slow))
    two = threading.Thread(target=run, args=(1, second))
    one.start()
    started.wait(5)
    two.start()
    go_on.set()
    one.join(5)
    two.join(5)
    return results


def test_two_sessions_asking_at_once_compute_once():
    assert in_two_threads(cache(9), lambda: "one", lambda: "two") == ["one", "one"]


def test_a_session_that_goes_away_leaves_the_work_to_the_one_that_waits():
    def leave():
        raise KeyboardInterrupt

    results = in_two_threads(cache(9), leave, lambda: "two")
    assert isinstance(results[0], KeyboardInterrupt)
    assert results[1] == "two"


def test_what_is_held_is_found_without_computing_it():
    cache = ByteCache(3, len)
    assert cache.held("a") is None
    cache.keep("a", "x")
    cache.keep("b", "yy")
    assert cache.held("a") == "x"  # used last: the next to go is b
    cache.keep("c", "z")
    assert cache.held("b") is None
    assert cache.held("a") == "x"
