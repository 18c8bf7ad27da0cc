"""One worker's hold on one run: what it writes and what it is told; lost, it writes nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from core.tuning.runs.database import NoteRow, RunDatabase, RunRow
from core.tuning.runs.points import STEP, Point, write_points
from core.tuning.runs.records import RunState

HEARTBEAT: Final = 2.0
"""Seconds between two heartbeats while there is nothing else to write."""


class RunAttempt:
    """The hold that a worker has on the run of ``row`` since it took it."""

    def __init__(self, database: RunDatabase, row: RunRow) -> None:
        self._database = database
        self._number, self._token = row.number, row.attempt
        self._beat = 0.0

    def write(self, points: Sequence[Point], notes: Mapping[str, str]) -> bool:
        """Store ``points``, ``notes`` (as JSON) and the heartbeat; whether the run is to stop.

        Where there is nothing to store and the heartbeat is fresh, nothing is written.
        """
        now = time.time()
        if not points and not notes and now - self._beat < HEARTBEAT:
            return self.is_to_stop()
        with self._database.writing() as session:
            row = self._row(session)
            if row is None:
                return True
            write_points(session, self._number, points)
            for name, value in notes.items():
                note = insert(NoteRow).values(run=self._number, name=name, value=value)
                session.execute(
                    note.on_conflict_do_update(
                        index_elements=["run", "name"], set_={"value": value}
                    )
                )
            row.heartbeat = now
            row.step = max((int(point[STEP]) for point in points), default=row.step)
            asked = row.stop_asked
        self._beat = now
        return asked

    def is_to_stop(self) -> bool:
        """Whether somebody asked the run to stop, or it is no longer ours."""
        with self._database.reading() as session:
            row = self._row(session)
            return row is None or row.stop_asked

    def finish(self, state: RunState, message: str = "") -> bool:
        """End the run as ``state``; False where it was no longer ours."""
        with self._database.writing() as session:
            row = self._row(session)
            if row is None:
                return False
            row.state, row.message, row.attempt = state, message, ""
            row.stop_asked, row.ended = False, time.time()
        return True

    def _row(self, session: Session) -> RunRow | None:
        held = (RunRow.number == self._number, RunRow.attempt == self._token)
        return session.scalars(select(RunRow).where(*held)).one_or_none()
