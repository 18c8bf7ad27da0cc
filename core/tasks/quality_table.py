"""The table of ``docs/tasks.md``, made of what was measured:

    python -m core.tasks.quality_table

writes it between its two marks.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from core.tasks.families import families
from core.tasks.measuring import MEASURES, Measured, measured
from core.tasks.task import WAYS

DOCS: Final = Path(__file__).resolve().parents[2] / "docs" / "tasks.md"
BEGIN: Final = "<!-- measured: begin -->"
END: Final = "<!-- measured: end -->"
_HEAD: Final = (
    "| task | way | model | measure | value (95 %) | of | data | floor |",
    "|---|---|---|---|---|---|---|---|",
)


def quality_table() -> str:
    """Everything that was measured as a Markdown table, in the order of the page."""
    places = {
        task.id: place
        for place, task in enumerate(task for family in families() for task in family.tasks)
    }
    rows = sorted(
        (each for each in measured() if each.task in places),
        key=lambda each: (places[each.task], WAYS.index(each.way), each.measure),
    )
    return "\n".join((*_HEAD, *map(_line, rows)))


def with_table(text: str) -> str:
    """``text`` with the table between its marks."""
    before, _mark, rest = text.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    return f"{before}{BEGIN}\n{quality_table()}\n{END}{after}"


def _line(row: Measured) -> str:
    floor = "" if row.floor is None else f"{row.floor:.3f} ({row.floor_name})"
    cells = (
        row.task,
        row.way,
        row.model,
        MEASURES[row.measure],
        f"{row.value:.3f} ({row.low:.3f} to {row.high:.3f})",
        f"{row.count:,}",
        row.data,
        floor,
    )
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Write the table into the documentation."""
    DOCS.write_text(with_table(DOCS.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
