"""Runs: kept, queued, watched, each worked on by a process of its own.

RunStore        submit, look at, stop, resume, rename and delete runs
ensure_worker   start the process that works on them, where one is needed
RunWatch        what a training loop sees of all this
"""

from core.tuning.runs.kinds import RunKind, register
from core.tuning.runs.points import Changes, Curve, Point, Series
from core.tuning.runs.records import RunRecord, RunState
from core.tuning.runs.starting import ensure_worker
from core.tuning.runs.store import RunStore
from core.tuning.runs.watch import RunWatch

__all__ = [
    "Changes",
    "Curve",
    "Point",
    "RunKind",
    "RunRecord",
    "RunState",
    "RunStore",
    "RunWatch",
    "Series",
    "ensure_worker",
    "register",
]
