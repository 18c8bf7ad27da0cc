"""Starting the worker: a process of its own that outlives the tab, the session and the app."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from core.tuning.runs.folders import runs_folder
from core.tuning.runs.processes import ProcessIdentity, identify_process, is_running
from core.tuning.runs.store import RunStore
from core.tuning.runs.taking import (
    can_be_taken,
    forget_worker,
    give_up_gone,
    gone_runs,
    idle_workers,
    register_worker,
)

LOG: Final = "worker.log"
_LOG_LIMIT: Final = 1_000_000
_PATIENCE: Final = 10.0  # seconds before another is started after one that failed to come up
_PROJECT: Final = Path(__file__).parents[3]
_PATIENT: Final = {"OMP_WAIT_POLICY": "PASSIVE"}
"""Threads sleep while they wait for each other: beside other work spinning costs a run most of its
time, and the others theirs."""

_NEW_GROUP_WITHOUT_WINDOW: Final = 0x00000200 | 0x08000000  # names that only Windows has
_APART: Final[dict[str, Any]] = (
    {"creationflags": _NEW_GROUP_WITHOUT_WINDOW} if os.name == "nt" else {"start_new_session": True}
)
"""Ctrl-C in the app's window ends the app, and not the run."""

_children: list[subprocess.Popen[bytes]] = []
_lock = threading.Lock()


def ensure_worker(store: RunStore, *, command: Sequence[str] | None = None) -> int | None:
    """Start a worker if a run could begin and nobody is about to take it; return its process id.

    Costs a few milliseconds where nothing is to be done, so that a page may call it whenever it
    looks at the runs. ``command`` starts another program than ``python -m core.tuning.worker``; it
    is given ``--home`` and the folder.
    """
    _reap()
    with store.database.reading() as session:
        if not can_be_taken(session) and not gone_runs(session):
            return None
    with store.database.writing() as session:  # one at a time, among all sessions and processes
        give_up_gone(session)
        if not can_be_taken(session) or _one_comes_up(session):
            return None
        child = _start(store.home, command or (sys.executable, "-P", "-m", "core.tuning.worker"))
        register_worker(session, identify_process(child.pid))
    with _lock:
        _children.append(child)
    return child.pid


def _one_comes_up(session: Session) -> bool:
    """Whether a worker without a run is there, or one failed just now; forgets those long gone."""
    coming = False
    for row in idle_workers(session):
        worker = ProcessIdentity(machine=row.machine, pid=row.pid, started=row.process_started)
        fresh = time.time() - row.starting < _PATIENCE
        if is_running(worker) or fresh:
            coming = True
        else:
            forget_worker(session, worker)
    return coming


def _start(home: Path, command: Sequence[str]) -> subprocess.Popen[bytes]:
    log = runs_folder(home) / LOG
    mode = "wb" if log.exists() and log.stat().st_size > _LOG_LIMIT else "ab"
    paths = [str(_PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with log.open(mode) as output:
        return subprocess.Popen(
            [*command, "--home", str(home)],
            cwd=_PROJECT,
            env=_PATIENT | os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **_APART,
        )


def _reap() -> None:
    """Wait for workers that ended: until then each is a zombie."""
    with _lock:
        _children[:] = [child for child in _children if child.poll() is None]
