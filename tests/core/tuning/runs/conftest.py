"""A store of its own, toy kinds of run, and real workers, ended with the test."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import psutil
import pytest

from core.tuning.runs import RunStore, ensure_worker
from tests.core.tuning.runs import toy_worker
from tests.core.tuning.runs.waiting import wait_for

TOY_WORKER = Path(toy_worker.__file__)


@pytest.fixture
def store(tmp_path):
    with RunStore(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def submit(store):
    """Queue a toy run; return its id."""

    def queue(kind="count", spec="{}", *, owner="me", name="", device="cpu"):
        return store.enqueue(kind, spec, owner=owner, name=name, device=device)

    return queue


@pytest.fixture
def start_worker(store):
    """Start a toy worker as the app would; its process, or None where none was needed."""
    started = []

    def start():
        pid = ensure_worker(store, command=[sys.executable, str(TOY_WORKER)])
        if pid is None:
            return None
        started.append(psutil.Process(pid))
        return started[-1]

    yield start
    for process in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
            process.wait(10)


@pytest.fixture
def wait_until(store):
    """Wait until a run is in a state; give its record."""

    def wait(run_id, state, seconds=60.0):
        def reached():
            found = store.get(run_id)
            return found if found.state == state else None

        return wait_for(reached, seconds)

    return wait
