"""The runs of this server, and whose they are."""

from __future__ import annotations

import json
from functools import cache

from app.identity import identity, is_teacher
from core.tuning.runs import RunRecord, RunStore


@cache
def runs() -> RunStore:
    """All runs; one store per process."""
    return RunStore()


def mine() -> str:
    """Who owns the runs that this session starts."""
    return identity()


def is_another_s_upload(record: RunRecord) -> bool:
    """Whether ``record`` is another's and on a table that was uploaded, whose name opens it."""
    if record.owner == mine() or is_teacher():
        return False
    values = json.loads(record.spec)
    values = values.get("base", values)  # of a study of labels
    source = values.get("source")
    return bool(values.get("file") or (isinstance(source, dict) and source.get("file")))
