"""The runs of this server, and whose they are."""

from __future__ import annotations

from functools import cache

from app.identity import identity
from core.tuning.runs import RunStore


@cache
def runs() -> RunStore:
    """All runs; one store per process."""
    return RunStore()


def mine() -> str:
    """Who owns the runs that this session starts."""
    return identity()
