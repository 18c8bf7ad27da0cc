"""What a training loop is given to be watched by: it logs points, notes facts, asks whether to end.

Knows no database: a test hands in a watch that keeps everything in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class RunWatch(Protocol):
    """Who watches a run."""

    def stopped(self) -> bool:
        """Whether the run is to end now, with a checkpoint; asked between two steps."""
        ...

    def log(self, point: Mapping[str, float]) -> None:
        """A point of the curves: ``step``, counted from 1, and values by name at that step.

        Usual names: ``loss``, ``rate``, ``gradient_norm``, ``tokens`` (a second),
        ``validation_loss``, ``accuracy``. A step may be logged again; values of a name replace
        earlier ones.
        """
        ...

    def note(self, name: str, value: object) -> None:
        """A fact about the whole run, of a kind that JSON holds; a later one replaces it."""
        ...
