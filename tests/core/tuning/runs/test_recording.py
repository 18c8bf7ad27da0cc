"""The watch that a training loop is given, on a store."""

from __future__ import annotations

import os
import threading

import pytest
from sqlalchemy.exc import OperationalError

from core.tuning.runs.attempt import RunAttempt
from core.tuning.runs.database import RunRow
from core.tuning.runs.journal import FILE
from core.tuning.runs.processes import identify_process
from core.tuning.runs.recording import RecordedWatch
from core.tuning.runs.taking import take
from tests.core.tuning.runs.waiting import wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def attempt(store, submit):
    submit()
    with store.database.writing() as session:
        return RunAttempt(store.database, take(session, identify_process(os.getpid())))


@pytest.fixture
def run(store, attempt):
    return store.list()[0].id


@pytest.fixture
def watch(store, attempt, run):
    return RecordedWatch(attempt, store.get(run).folder, threading.Event())


def test_points_and_facts_are_there_within_a_second_and_at_the_latest_at_the_end(store, watch, run):
    with watch:
        watch.log({"step": 1, "loss": 0.5})
        wait_for(lambda: store.metrics(run), seconds=10)
        watch.log({"step": 2, "loss": 0.25})
        watch.note("parameters", [1, 2])
        watch.note("parameters", [3])
    assert [point["step"] for point in store.metrics(run)] == [1, 2]
    assert store.notes(run) == {"parameters": [3]}
    assert store.get(run).step == 2


def test_a_stop_reaches_the_loop(store, watch, run):
    with watch:
        assert not watch.stopped()
        store.stop(run)
        wait_for(watch.stopped, seconds=10)
    assert watch.told
    assert watch.stop_asked


def test_the_end_of_the_process_reaches_the_loop_and_is_no_stop(store, attempt, run):
    ending = threading.Event()
    with RecordedWatch(attempt, store.get(run).folder, ending) as watch:
        ending.set()
        assert watch.stopped()
    assert not watch.stop_asked


def test_a_heartbeat_is_written_while_the_loop_is_busy(store, watch):
    def heartbeat():
        with store.database.reading() as session:
            return session.query(RunRow).one().heartbeat

    with watch:
        first = heartbeat()
        wait_for(lambda: heartbeat() > first + 1.0, seconds=15)


def test_points_that_a_killed_process_had_not_written_are_written_by_the_next(
    store, attempt, watch, run
):
    watch.log({"step": 1, "loss": 0.5})  # the thread never came to it
    folder = store.get(run).folder
    with (folder / FILE).open("a") as file:
        file.write('{"step": 2, "lo')
    assert store.metrics(run) == ()
    with RecordedWatch(attempt, folder, threading.Event()):
        pass
    assert store.metrics(run) == ({"step": 1, "loss": 0.5},)
    assert (folder / FILE).read_bytes() == b""


@pytest.mark.parametrize(
    "fault",
    [OperationalError("insert", {}, Exception("database or disk is full")), MemoryError()],
    ids=["disk", "memory"],
)
def test_points_are_kept_while_the_database_cannot_be_written_to(
    store, attempt, watch, run, monkeypatch, fault
):
    def refuse(points, notes):
        raise fault

    with watch:
        with monkeypatch.context() as during:
            during.setattr(attempt.__class__, "write", lambda self, *given: refuse(*given))
            watch.log({"step": 1, "loss": 0.5})
            watch.note("a", 1)
            watch._try_to_write()
        watch.log({"step": 2, "loss": 0.5})
    assert [point["step"] for point in store.metrics(run)] == [1, 2]
    assert store.notes(run) == {"a": 1}


def test_an_attempt_that_was_lost_is_told_to_stop_and_writes_nothing(store, attempt, watch, run):
    with store.database.writing() as session:
        session.query(RunRow).one().attempt = "another"
    with watch:
        watch.log({"step": 1, "loss": 0.5})
        wait_for(watch.stopped, seconds=10)
    assert store.metrics(run) == ()
    assert not attempt.finish("done")
    assert store.get(run).state == "running"


def test_a_point_without_a_step_and_a_fact_that_json_cannot_hold_are_faults(watch):
    with pytest.raises(ValueError, match="step"):
        watch.log({"loss": 1.0})
    with pytest.raises(TypeError):
        watch.note("model", object())
