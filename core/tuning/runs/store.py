"""``RunStore``: the runs of this machine, for whoever submits, watches, stops and keeps them.

Trains nothing and starts no process. Whether somebody may stop or delete a run is for its caller to
decide, who knows who is asking.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import storage
from core.errors import InputError
from core.language import _, current_language
from core.tuning.runs import points as curves
from core.tuning.runs.database import FILE, NoteRow, PointRow, RunDatabase, RunRow
from core.tuning.runs.folders import (
    run_folder,
    set_aside,
    sweep,
    unknown_run,
    write_spec,
)
from core.tuning.runs.kinds import Spec, find_kind
from core.tuning.runs.points import Changes, Curve, Point
from core.tuning.runs.records import RESUMABLE, RunRecord, record
from core.tuning.runs.taking import give_up_gone, gone_runs, queue_order

NAME_LIMIT: Final = 80
NOTE_LIMIT: Final = 10_000
SPEC_LIMIT: Final = 1_000_000
QUEUE_LIMIT: Final = 50
"""The most runs of one owner that wait at a time."""


class RunStore:
    """The runs under ``home`` (``HEADLIGHT_HOME`` by default); safe to share between threads.

    Every method that takes a ``run_id`` raises InputError where there is no such run.
    """

    def __init__(self, home: Path | None = None) -> None:
        self.home = (home or storage.home()).absolute()
        self.home.mkdir(parents=True, exist_ok=True)
        self.database = RunDatabase(self.home / FILE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def submit(
        self, spec: Spec, *, owner: str = "", name: str = "", device: str | None = None
    ) -> str:
        """Queue the run of ``spec`` for ``device`` (the best there is by default); return its id.

        A worker takes it: ``python -m core.tuning.worker``, or ``ensure_worker(store)``. Raises
        what ``enqueue`` raises.
        """
        return self.enqueue(spec.RUN_KIND, spec.to_json(), owner=owner, name=name, device=device)

    def enqueue(
        self, kind: str, spec_json: str, *, owner: str, name: str = "", device: str | None = None
    ) -> str:
        """Queue a run of ``kind``, its spec as JSON, for ``device``; return its id.

        Raises InputError for an unknown kind, a spec that is no JSON object, a name that cannot be
        used, and where ``owner`` has ``QUEUE_LIMIT`` runs waiting.
        """
        find_kind(kind)
        _check_spec(spec_json)
        row = RunRow(
            id=secrets.token_hex(5),
            kind=kind,
            name=_checked_name(name or kind),
            owner=owner,
            language=current_language(),
            device=_device(device),
            spec=spec_json,
            state="queued",
            created=time.time(),
            queued=time.time(),
        )
        write_spec(run_folder(self.home, row.id), spec_json)
        with self.database.writing() as session:
            _check_queue(session, owner)
            session.add(row)
        return row.id

    def get(self, run_id: str) -> RunRecord:
        """The run ``run_id`` as it is now."""
        self._give_up_gone()
        with self.database.reading() as session:
            row = _row(session, run_id)
            return self._record(row, queue_order(session, row.device))

    def list(self, *, owner: str | None = None) -> tuple[RunRecord, ...]:
        """All runs, or those of ``owner``, the newest first."""
        self._give_up_gone()
        chosen = select(RunRow).order_by(RunRow.number.desc())
        if owner is not None:
            chosen = chosen.where(RunRow.owner == owner)
        with self.database.reading() as session:
            rows = session.scalars(chosen).all()
            waiting = {row.device for row in rows if row.state == "queued"}
            orders = {device: queue_order(session, device) for device in waiting}
            return tuple(self._record(row, orders.get(row.device, ())) for row in rows)

    def metrics(self, run_id: str, after: int = 0) -> tuple[Point, ...]:
        """Every point logged at a step above ``after``, in order: ``step`` and values by name."""
        with self.database.reading() as session:
            return curves.read_points(session, _row(session, run_id).number, after=after)

    def changes(self, run_id: str, after: int = 0) -> Changes:
        """What was written since the batch ``after``; what it costs does not grow with the run."""
        with self.database.reading() as session:
            return curves.read_changes(session, _row(session, run_id).number, after=after)

    def curve(
        self,
        run_id: str,
        points: int = 1000,
        *,
        first: int | None = None,
        last: int | None = None,
    ) -> Curve:
        """The curves from step ``first`` to ``last``, pooled to at most ``points`` buckets each."""
        with self.database.reading() as session:
            number = _row(session, run_id).number
            return curves.read_curve(session, number, points=points, first=first, last=last)

    def notes(self, run_id: str) -> Mapping[str, object]:
        """The facts that the run noted about itself, by name."""
        with self.database.reading() as session:
            number = _row(session, run_id).number
            rows = session.scalars(select(NoteRow).where(NoteRow.run == number))
            return {row.name: json.loads(row.value) for row in rows}

    def stop(self, run_id: str) -> None:
        """Ask the run to end with a checkpoint; one that waits leaves the queue at once."""
        with self.database.writing() as session:
            give_up_gone(session)
            row = _row(session, run_id)
            if row.state == "queued":
                row.state, row.ended = "stopped", time.time()
            elif row.state == "running":
                row.stop_asked = True

    def resume(self, run_id: str) -> None:
        """Queue the run again; it goes on from its newest checkpoint.

        Raises InputError for one that is done; one that waits or runs stays as it is.
        """
        with self.database.writing() as session:
            give_up_gone(session)
            row = _row(session, run_id)
            if row.state == "done":
                raise InputError(
                    _("The run “{name}” is done: start a new one to train further.").format(
                        name=row.name
                    )
                )
            if row.state in RESUMABLE:
                _check_queue(session, row.owner)
                row.state, row.queued, row.ended, row.message = "queued", time.time(), None, ""

    def delete(self, run_id: str) -> None:
        """Remove the run, its points and its folder. Raises InputError while it is running."""
        folder = run_folder(self.home, run_id)
        with self.database.writing() as session:
            give_up_gone(session)
            row = _row(session, run_id)
            if row.state == "running":
                raise InputError(
                    _("The run “{name}” is running: stop it before you delete it.").format(
                        name=row.name
                    )
                )
            for table in (PointRow, NoteRow):
                session.execute(delete(table).where(table.run == row.number))
            session.delete(row)
            set_aside(folder)
        sweep(self.home)

    def rename(self, run_id: str, name: str) -> None:
        """Call the run ``name``. Raises InputError for a name that cannot be used."""
        checked = _checked_name(name)
        with self.database.writing() as session:
            _row(session, run_id).name = checked

    def set_note(self, run_id: str, text: str) -> None:
        """Keep what somebody writes about the run. Raises InputError above ``NOTE_LIMIT``."""
        if len(text) > NOTE_LIMIT:
            raise InputError(
                _("Too long for a note: {size} characters, the limit is {limit}.").format(
                    size=len(text), limit=NOTE_LIMIT
                )
            )
        with self.database.writing() as session:
            _row(session, run_id).remark = text

    def close(self) -> None:
        """Give back every connection."""
        self.database.close()

    def _give_up_gone(self) -> None:
        with self.database.reading() as session:
            gone = bool(gone_runs(session))
        if gone:
            with self.database.writing() as session:
                give_up_gone(session)

    def _record(self, row: RunRow, order: tuple[str, ...]) -> RunRecord:
        position = order.index(row.id) + 1 if row.state == "queued" else 0
        return record(row, position=position, folder=run_folder(self.home, row.id))


def _row(session: Session, run_id: str) -> RunRow:
    row = session.scalars(select(RunRow).where(RunRow.id == run_id)).one_or_none()
    if row is None:
        raise unknown_run(run_id)
    return row


def _check_queue(session: Session, owner: str) -> None:
    waiting = select(RunRow.id).where(RunRow.owner == owner, RunRow.state == "queued")
    count = len(session.scalars(waiting).all())
    if count >= QUEUE_LIMIT:
        raise InputError(
            _("{count} of your runs wait already, the limit is {limit}: stop one first.").format(
                count=count, limit=QUEUE_LIMIT
            )
        )


def _check_spec(spec: str) -> None:
    try:
        values = json.loads(spec) if len(spec) <= SPEC_LIMIT else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise InputError(_("This is no description of a run: export it again."))


def _checked_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > NAME_LIMIT:
        raise InputError(
            _("A run's name has 1 to {limit} characters, this one {size}.").format(
                limit=NAME_LIMIT, size=len(cleaned)
            )
        )
    if not cleaned.isprintable() or set(cleaned) & {"/", "\\"}:
        raise InputError(
            _("“{name}” cannot be a run's name: leave out /, \\ and control characters.").format(
                name="".join(each for each in cleaned if each.isprintable())
            )
        )
    return cleaned


def _device(prefer: str | None) -> str:
    """``cpu``, ``mps`` or ``cuda:0``: one name for one device."""
    from core.device import choose_device  # torch takes seconds; a worker coming up has no use yet

    device = choose_device(prefer)
    return f"{device.type}:{device.index or 0}" if device.type == "cuda" else device.type
