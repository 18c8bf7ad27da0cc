"""Whether the process of a run is still there."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from core.tuning.runs.database import RunRow
from core.tuning.runs.processes import count_memory_kills, identify_process, is_running
from core.tuning.runs.taking import SILENCE, register_worker, take
from tests.core.tuning.runs.waiting import wait_for


@pytest.fixture
def child():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def test_a_process_that_is_there_is_running():
    assert is_running(identify_process(os.getpid()))


def test_another_process_with_the_same_id_is_not_the_one_meant():
    assert is_running(replace(identify_process(os.getpid()), started=1.5)) is False


def test_of_a_process_elsewhere_nothing_is_known():
    assert is_running(replace(identify_process(os.getpid()), machine="another")) is None


def test_the_run_of_a_zombie_is_interrupted(store, submit, child):
    run = submit()
    identity = identify_process(child.pid)
    with store.database.writing() as session:
        register_worker(session, identity)
        assert take(session, identity).id == run
    assert store.get(run).state == "running"
    child.kill()
    wait_for(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
    assert store.get(run).state == "interrupted"


def test_the_run_of_a_process_elsewhere_is_interrupted_when_it_falls_silent(store, submit):
    run = submit()
    elsewhere = replace(identify_process(os.getpid()), machine="another")
    with store.database.writing() as session:
        take(session, elsewhere)
    assert store.get(run).state == "running"
    with store.database.writing() as session:
        session.query(RunRow).one().heartbeat -= SILENCE + 1
    assert store.get(run).state == "interrupted"


@pytest.mark.skipif(count_memory_kills() is None, reason="this system does not count them")
def test_where_the_system_ended_a_process_for_want_of_memory_the_remedy_is_told(
    store, submit, child
):
    run = submit(spec='{"batch": 32}')
    with store.database.writing() as session:
        take(session, identify_process(child.pid)).memory_kills -= 1
    child.kill()
    child.wait()
    assert "batch lowered from 32 to 16" in store.get(run).message
