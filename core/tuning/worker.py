"""``python -m core.tuning.worker``: takes queued runs, one at a time, until there are none.

It runs at lower priority than the pages. Ended by SIGTERM it lets the run keep a checkpoint; killed
at any moment it leaves a run that is shown as interrupted and can be resumed.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from sqlalchemy.exc import OperationalError

from core.language import _, speaking
from core.tuning.runs.attempt import RunAttempt
from core.tuning.runs.database import RunRow
from core.tuning.runs.faults import Fault, explain
from core.tuning.runs.folders import LOG, run_folder, write_spec
from core.tuning.runs.kinds import find_kind
from core.tuning.runs.processes import identify_process
from core.tuning.runs.recording import RecordedWatch
from core.tuning.runs.records import RunState
from core.tuning.runs.starting import ensure_worker
from core.tuning.runs.store import RunStore
from core.tuning.runs.taking import forget_worker, register_worker, take

NICENESS: Final = 10
AUTOGROUP: Final = Path("/proc/self/autogroup")
"""The niceness of a session of processes; it is not there on every system."""
_RESERVE: Final = ".reserve"
_RESERVED: Final = 256 * 1024  # bytes given back when the disk is full, so that this can be told
_TRIES: Final = 10
_PAUSE: Final = 1.0
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 0 when no run is left to take."""
    _yield_to_others()
    parser = argparse.ArgumentParser(
        prog="python -m core.tuning.worker", description="Take queued runs until there are none."
    )
    parser.add_argument("--home", type=Path, help="where the runs are kept")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format=_FORMAT)
    ending = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    before = signal.signal(signal.SIGTERM, end)
    try:
        with RunStore(given.home) as store:
            work(store, ending)
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def work(store: RunStore, ending: threading.Event) -> None:
    """Take runs until there are none, ``ending`` is set, or memory ran out in this process."""
    itself = identify_process(os.getpid())
    with store.database.writing() as session:
        register_worker(session, itself)
    while not ending.is_set():
        with store.database.writing() as session:
            row = take(session, itself)
        if row is None:
            return
        fault = _run(store, row, ending)
        gc.collect()
        if fault is not None and fault.memory:
            break
    with store.database.writing() as session:
        forget_worker(session, itself)
    if not ending.is_set():  # a process in which memory ran out may not get it all back
        ensure_worker(store, command=_command())


def _run(store: RunStore, row: RunRow, ending: threading.Event) -> Fault | None:
    """Work on the run of ``row`` and write down how it ended; give the fault, if any."""
    folder = run_folder(store.home, row.id)
    attempt = RunAttempt(store.database, row)
    settings: Sequence[str] = ()
    fault = None
    with speaking(row.language), _logged(folder):
        try:
            write_spec(folder, row.spec)  # somebody may have removed the folder
            (folder / _RESERVE).write_bytes(bytes(_RESERVED))
            kind = find_kind(row.kind)
            settings = kind.memory_settings
            with RecordedWatch(attempt, folder, ending) as watch:
                kind.work(row.spec, folder, watch)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told with the run
            fault = explain(error, spec=row.spec, settings=settings, folder=folder)
        (folder / _RESERVE).unlink(missing_ok=True)
        if fault is not None:
            _finish(attempt, "failed", fault.message)
        elif not watch.told:
            _finish(attempt, "done")
        elif watch.stop_asked:
            _finish(attempt, "stopped")
        else:
            _finish(attempt, "interrupted", _("Its process was told to end: resume it."))
    return fault


def _finish(attempt: RunAttempt, state: RunState, message: str = "") -> None:
    """Write down how the run ended; on a full disk, as soon as there is room."""
    for left in reversed(range(_TRIES)):
        try:
            if not attempt.finish(state, message):
                _log.warning("the run was taken from this worker before it was %s", state)
            return
        except OperationalError:
            if not left:  # this process ends, and the run is shown as interrupted
                raise
            time.sleep(_PAUSE)


@contextlib.contextmanager
def _logged(folder: Path) -> Iterator[None]:
    """Within the block, what is logged goes to the log in ``folder`` as well."""
    folder.mkdir(exist_ok=True)
    handler = logging.FileHandler(folder / LOG, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        with contextlib.suppress(OSError):  # what it holds has no room on a full disk
            handler.close()


def _yield_to_others() -> None:
    """Pages keep their speed beside a run: 12.7 ms a forward instead of 75."""
    if sys.platform != "win32":
        os.nice(max(0, NICENESS - os.nice(0)))
    # Where Linux groups the processes of a session, niceness counts within the group alone.
    with contextlib.suppress(OSError):
        AUTOGROUP.write_text(str(NICENESS), "ascii")


def _command() -> list[str]:
    """What this process was started as, without the arguments of ``main``."""
    given = len(sys.orig_argv) - len(sys.argv[1:])
    return [sys.executable, *sys.orig_argv[1:given]]


if __name__ == "__main__":
    sys.exit(main())
