"""Computations in the background."""

from __future__ import annotations

import threading

from core import jobs as jobs_module
from core.errors import InputError
from core.jobs import Jobs


def test_the_same_key_is_computed_once():
    jobs, calls, go = Jobs(), [], threading.Event()

    def compute(progress, stop):
        calls.append(1)
        go.wait(10)
        return 7

    first, second = jobs.start("a", compute), jobs.start("a", compute)
    go.set()
    assert first is second
    assert first.wait(10)
    assert first.value == 7
    assert jobs.start("a", compute) is first
    assert len(calls) == 1


def test_a_stop_ends_a_job_with_what_it_has_and_the_next_start_begins_again():
    jobs, begun = Jobs(), threading.Event()

    def compute(progress, stop):
        done = 0
        while not stop() and done < 10**9:
            done += 1
            progress(done, 10**9)
            begun.set()
        return done

    job = jobs.start("a", compute)
    assert begun.wait(10)
    job.stop()
    assert job.wait(10)
    assert 0 < job.value < 10**9
    assert 0 < job.fraction < 1
    assert jobs.start("a", lambda progress, stop: 1) is not job


def test_a_job_that_nobody_looks_at_ends(monkeypatch):
    monkeypatch.setattr(jobs_module, "PATIENCE", 0.05)
    jobs = Jobs()
    tick = threading.Event()

    def compute(progress, stop):
        while not stop():
            tick.wait(0.01)
        return "gone"

    job = jobs.start("a", compute)
    assert job._ended.wait(10)
    assert job.value == "gone"


def test_an_error_becomes_its_sentence_and_a_fault_is_told_without_details():
    def refuse(progress, stop):
        raise InputError("Too long: 9 tokens, the limit is 8.")

    def fail(progress, stop):
        raise ZeroDivisionError

    jobs = Jobs()
    refused, failed = jobs.start("a", refuse), jobs.start("b", fail)
    assert refused.wait(10)
    assert failed.wait(10)
    assert refused.error == "Too long: 9 tokens, the limit is 8."
    assert "log" in failed.error


def test_only_the_newest_jobs_are_kept():
    jobs = Jobs(kept=2)
    for key in range(4):
        assert jobs.start(key, lambda progress, stop: 1).wait(10)
    assert jobs.get(0) is None
    assert jobs.get(3) is not None


def test_jobs_of_a_model_that_left_are_dropped():
    jobs = Jobs()
    assert jobs.start(("m", 1), lambda progress, stop: 1).wait(10)
    jobs.drop(lambda key: key[0] == "m")
    assert jobs.get(("m", 1)) is None
