"""The order of the queue."""

from __future__ import annotations

from core.tuning.runs.queue import WaitingRun, fair_order


def _waiting(*names):
    """Runs queued one after another; the first letter is the owner."""
    return [
        WaitingRun(run_id=name, owner=name[0], queued=float(time))
        for time, name in enumerate(names)
    ]


def test_people_take_turns():
    waiting = _waiting("a1", "a2", "a3", "b1", "c1", "b2")
    assert fair_order(waiting, {}) == ("a1", "b1", "c1", "a2", "b2", "a3")


def test_whoever_was_served_last_comes_last():
    assert fair_order(_waiting("a1", "b1", "c1"), {"a": 9.0, "b": 5.0}) == ("c1", "b1", "a1")


def test_the_order_that_is_shown_is_the_order_in_which_runs_are_taken():
    waiting = _waiting("a1", "a2", "b1", "c1", "a3", "c2", "b2", "b3")
    served = {"a": 3.0, "c": 8.0}
    shown = fair_order(waiting, served)
    taken = []
    for time in range(10, 18):
        first = fair_order(waiting, served)[0]
        taken.append(first)
        served[first[0]] = float(time)
        waiting = [run for run in waiting if run.run_id != first]
    assert tuple(taken) == shown


def test_nobody_waits_for_more_than_one_run_of_each_other_person():
    waiting = _waiting(*(f"a{n}" for n in range(50)), "b1")
    assert fair_order(waiting, {}).index("b1") == 1


def test_an_empty_queue_has_no_order():
    assert fair_order([], {"a": 1.0}) == ()
