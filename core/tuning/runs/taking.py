"""Who works on which run: taken by one worker only, given up when its process is gone."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session, aliased

from core.errors import InputError
from core.language import _, speaking
from core.tuning.runs.database import RunRow, WorkerRow
from core.tuning.runs.faults import memory_sentence
from core.tuning.runs.kinds import find_kind
from core.tuning.runs.processes import ProcessIdentity, count_memory_kills, is_running
from core.tuning.runs.queue import WaitingRun, fair_order

SILENCE: Final = 12.0
"""Seconds without a heartbeat after which a process of another machine counts as gone."""


def queue_order(session: Session, device: str) -> tuple[str, ...]:
    """The ids of the runs that wait for ``device``, in the order in which they will be taken."""
    mine = RunRow.device == device
    waiting = session.execute(
        select(RunRow.id, RunRow.owner, RunRow.queued).where(mine, RunRow.state == "queued")
    )
    served = session.execute(
        select(RunRow.owner, func.max(RunRow.started))
        .where(mine, RunRow.started.is_not(None))
        .group_by(RunRow.owner)
    )
    return fair_order(
        [WaitingRun(run_id=name, owner=owner, queued=queued) for name, owner, queued in waiting],
        {owner: started for owner, started in served if started is not None},
    )


def can_be_taken(session: Session) -> tuple[str, ...]:
    """The next run of each device on which none is running; the one that waits longest first."""
    busy = select(RunRow.device).where(RunRow.state == "running")
    free = session.execute(
        select(RunRow.device)
        .where(RunRow.state == "queued", RunRow.device.not_in(busy))
        .group_by(RunRow.device)
        .order_by(func.min(RunRow.queued))
    )
    return tuple(queue_order(session, device)[0] for (device,) in free)


def take(session: Session, worker: ProcessIdentity) -> RunRow | None:
    """The run that ``worker`` works on from now on, or None, and then the worker is no more known.

    Both within one writing session: whoever queues a run either finds the worker gone and starts
    another, or has the run taken.
    """
    give_up_gone(session, itself=worker)
    for run_id in can_be_taken(session):
        if _claim(session, run_id, worker):
            came_up = update(WorkerRow).where(*_named(worker)).values(starting=0.0)
            session.execute(came_up)
            return session.scalars(select(RunRow).where(RunRow.id == run_id)).one()
    forget_worker(session, worker)
    return None


def _claim(session: Session, run_id: str, worker: ProcessIdentity) -> bool:
    other = aliased(RunRow)
    beside = select(other.number).where(other.state == "running", other.device == RunRow.device)
    now = time.time()
    claimed = session.execute(
        update(RunRow)
        .where(RunRow.id == run_id, RunRow.state == "queued", ~beside.exists())
        .values(
            state="running",
            attempt=secrets.token_hex(8),
            machine=worker.machine,
            pid=worker.pid,
            process_started=worker.started,
            started=now,
            ended=None,
            heartbeat=now,
            stop_asked=False,
            message="",
            memory_kills=count_memory_kills(),
        )
        .returning(RunRow.number),
        execution_options={"synchronize_session": False},
    )
    return claimed.first() is not None


def gone_runs(session: Session) -> tuple[RunRow, ...]:
    """The runs that are said to be running and whose process is not there any more."""
    running = session.scalars(select(RunRow).where(RunRow.state == "running"))
    return tuple(row for row in running if _is_gone(row))


def give_up_gone(session: Session, *, itself: ProcessIdentity | None = None) -> None:
    """Mark the runs whose process is gone as interrupted, and those that ``itself`` left."""
    rows = list(gone_runs(session))
    if itself is not None:
        left = select(RunRow).where(
            RunRow.state == "running",
            RunRow.machine == itself.machine,
            RunRow.pid == itself.pid,
        )
        rows += [row for row in session.scalars(left) if row not in rows]
    for row in rows:
        with speaking(row.language):
            row.message = _why_gone(row)
        row.state, row.attempt, row.stop_asked, row.ended = "interrupted", "", False, row.heartbeat
    session.flush()


def register_worker(session: Session, worker: ProcessIdentity) -> None:
    """Make ``worker`` known; again is no fault."""
    values = {"process_started": worker.started, "starting": time.time()}
    row = insert(WorkerRow).values(machine=worker.machine, pid=worker.pid, **values)
    session.execute(row.on_conflict_do_update(index_elements=["machine", "pid"], set_=values))


def forget_worker(session: Session, worker: ProcessIdentity) -> None:
    """Say that ``worker`` takes no more runs."""
    session.execute(delete(WorkerRow).where(*_named(worker)))


def idle_workers(session: Session) -> Sequence[WorkerRow]:
    """The workers that have no run at the moment: coming up, or between two."""
    work = select(RunRow.number).where(
        RunRow.state == "running",
        RunRow.machine == WorkerRow.machine,
        RunRow.pid == WorkerRow.pid,
    )
    return session.scalars(select(WorkerRow).where(~work.exists())).all()


def _named(worker: ProcessIdentity) -> tuple[ColumnElement[bool], ...]:
    return (WorkerRow.machine == worker.machine, WorkerRow.pid == worker.pid)


def _is_gone(row: RunRow) -> bool:
    process = ProcessIdentity(machine=row.machine, pid=row.pid, started=row.process_started)
    running = is_running(process)
    return time.time() - row.heartbeat > SILENCE if running is None else not running


def _why_gone(row: RunRow) -> str:
    now = count_memory_kills()
    if now is not None and row.memory_kills is not None and now > row.memory_kills:
        try:
            settings = find_kind(row.kind).memory_settings
        except InputError:  # a kind that only the worker knew
            settings = ()
        return memory_sentence(row.spec, settings)
    return _("Its process ended before the run was done: resume it.")
