"""``RunRecord``: what is known of a run, as it is shown to people.

    queued ──► running ──► done
       │          ├──────► stopped       asked to end; its checkpoint is there
       │          ├──────► failed        an error, told in ``message``
       └─────────►└──────► interrupted   its process is gone, or was told to end

A run that is stopped, failed or interrupted can be queued again and goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, cast

from core.tuning.runs.database import RunRow

RunState = Literal["queued", "running", "done", "stopped", "failed", "interrupted"]
RESUMABLE: Final = frozenset({"stopped", "failed", "interrupted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A run at one moment.

    ``position`` is the place in the queue of its device, from 1; 0 where it does not wait.
    ``step`` is the last step that was logged. ``stopping``: it was asked to end and has not yet.
    ``note`` is what people wrote about it, ``message`` why it ended before it was done.
    """

    id: str
    kind: str
    name: str
    note: str
    owner: str
    device: str
    state: RunState
    position: int
    stopping: bool
    step: int
    message: str
    created: datetime
    started: datetime | None
    ended: datetime | None
    spec: str
    folder: Path

    @property
    def resumable(self) -> bool:
        """Whether it can be queued again."""
        return self.state in RESUMABLE


def record(row: RunRow, *, position: int, folder: Path) -> RunRecord:
    """The record of ``row``, with what the row does not hold."""
    return RunRecord(
        id=row.id,
        kind=row.kind,
        name=row.name,
        note=row.remark,
        owner=row.owner,
        device=row.device,
        state=cast("RunState", row.state),
        position=position,
        stopping=row.stop_asked and row.state == "running",
        step=row.step,
        message=row.message,
        created=_moment(row.created),
        started=None if row.started is None else _moment(row.started),
        ended=None if row.ended is None else _moment(row.ended),
        spec=row.spec,
        folder=folder,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
