"""How long a built-in model takes to load, in a process that has its libraries already."""

from __future__ import annotations

import gc
import statistics
import time

from benchmarks.report import Table, seconds, size
from core.catalogue import ensure_model, find_model
from core.models import load_model

MODELS = ("minilm-l6", "smollm2-135m-instruct")


def measure() -> Table:
    """Load each model from disk; the first load of the process is named apart."""
    rows = []
    for name in MODELS:
        ensure_model(name)
        first = _load_seconds(name)
        nbytes = load_model(name, device="cpu").nbytes
        later = statistics.median(_load_seconds(name) for _ in range(5))
        entry = find_model(name)
        rows.append((entry.title, size(nbytes), seconds(first), seconds(later)))
    return Table(
        title="Loading a built-in model",
        about="After imports, files in the system's cache. Aim: under 1 s each.",
        head=("model", "in memory", "first in the process", "later"),
        rows=tuple(rows),
    )


def _load_seconds(name: str) -> float:
    """Seconds of one load; what was loaded before is given back first."""
    gc.collect()
    start = time.perf_counter()
    load_model(name, device="cpu")
    return time.perf_counter() - start
