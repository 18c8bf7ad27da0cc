"""Tables of measurements, and the machine they came from."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psutil
import torch

_HEAD: Final = """# Benchmarks

Written by `make bench` (`python -m benchmarks NAME` measures one part). The figures of a table are
of one run on one machine, so compare the ratios, not the seconds.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One measurement: what was measured and how, and its rows."""

    title: str
    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """The table as Markdown."""
        lines = [self.head, tuple("---" for _ in self.head), *self.rows]
        body = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        return f"## {self.title}\n\n{self.about}\n\n{body}\n"


def interleaved_seconds(
    runs: dict[str, Callable[[], object]], *, rounds: int = 7
) -> dict[str, float]:
    """The median seconds of each run, taken in turn so that a slow moment falls on all of them."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if number > 0:  # the first round does not count
                taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in taken.items()}


def machine() -> str:
    """The machine, in a line."""
    memory = psutil.virtual_memory().total / 2**30
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return (
        f"{_processor()}, {psutil.cpu_count()} logical cores, {memory:.0f} GiB, {device}; "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"torch {torch.__version__}, transformers {version('transformers')}, "
        f"streamlit {version('streamlit')}, bertviz {version('bertviz')}"
    )


def write_report(path: Path, tables: Sequence[Table], *, everything: bool) -> None:
    """Write ``tables`` to ``path``, each with its day and machine; the others there stay.

    Where ``everything`` was measured, what is not in ``tables`` goes.
    """
    found = {} if everything else _sections(path)
    measured = f"Measured on {datetime.now(UTC).date().isoformat()}: {machine()}."
    for table in tables:
        found[table.title] = f"{table.markdown()}\n{measured}\n"
    path.write_text(f"{_HEAD}\n" + "\n".join(found.values()), encoding="utf-8")


def _sections(path: Path) -> dict[str, str]:
    """What stands in ``path``, by title."""
    parts = path.read_text("utf-8").split("\n## ")[1:] if path.is_file() else []
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def size(count: float) -> str:
    """Bytes as people read them."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} KB"


def seconds(taken: float) -> str:
    """Seconds or milliseconds."""
    return f"{taken:.2f} s" if taken >= 1 else f"{taken * 1e3:.1f} ms"
