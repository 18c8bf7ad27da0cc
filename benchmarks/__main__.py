"""``python -m benchmarks [NAME ...]``: run the measurements and write docs/benchmarks.md."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from benchmarks.report import write_report

NAMES = (
    *(
        "attention_payload",
        "views",
        "recording",
        "profile",
        "anatomy",
        "embedding_space",
        "ablation",
        "sessions",
        "class",
    ),
    *("masked", "generation", "prompts", "tasks"),
    *("loading", "browser", "training", "runs", "default_run"),
)
REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main(wanted: list[str]) -> None:
    """Measure what is ``wanted``, everything when nothing is named, and write it down."""
    measured_tables = []
    for name in wanted or NAMES:
        print(f"… {name}", file=sys.stderr, flush=True)
        measured = import_module(f"benchmarks.{name}").measure()
        found = measured if isinstance(measured, list) else [measured]
        for table in found:
            print(table.markdown(), flush=True)
        measured_tables += found
        if wanted:
            write_report(REPORT, found, everything=False)
    if not wanted:
        write_report(REPORT, measured_tables, everything=True)


if __name__ == "__main__":
    main(sys.argv[1:])
