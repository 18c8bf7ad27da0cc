"""The measured figures of some families, or of all, as a table for docs:
``python -m core.tasks.measured_table [FAMILY …]``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from core.tasks.families import find_family, find_task
from core.tasks.measuring import MEASURES, Measured, measured
from core.tasks.task import FAMILIES

SHARES = ("first", "accuracy", "exact", "words", "sentence", "silence")
_HEAD = ("task", "way", "model", "measure", "figure (95 %)", "to compare", "rows", "data")


def measured_table(families: Sequence[str]) -> str:
    """Markdown: a row for each figure, in the order of the tasks."""
    tasks = [task.id for name in families for task in find_family(name).tasks]
    rows = sorted(
        (each for each in measured() if each.task in tasks),
        key=lambda each: (tasks.index(each.task), each.way),
    )
    lines = [_HEAD, tuple("---" for _name in _HEAD), *map(_row, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(found: Measured) -> tuple[str, ...]:
    low, high = _shown(found, found.low), _shown(found, found.high)
    floor = "" if found.floor is None else f"{found.floor_name} {_shown(found, found.floor)}"
    return (
        str(find_task(found.task).titles.en),
        found.way,
        found.model,
        MEASURES[found.measure],
        f"{_shown(found, found.value)} ({low} to {high})",
        floor,
        f"{found.count:,}",
        found.data,
    )


def _shown(found: Measured, value: float) -> str:
    return f"{value:.1%}" if found.measure in SHARES else f"{value:.2f}"


if __name__ == "__main__":
    sys.stdout.write(f"{measured_table(sys.argv[1:] or FAMILIES)}\n")
