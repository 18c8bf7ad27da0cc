"""What thirty open Attention pages hold on the server, above the models."""

from __future__ import annotations

import gc
from typing import Final

import psutil

from benchmarks.report import Table, size
from benchmarks.texts import text_of

MODEL: Final = "smollm2-135m-instruct"  # the larger of the two
SESSIONS: Final = 30
TOKENS: Final = 300


def measure() -> Table:
    """The memory of the process after thirty texts, each as if in a session of its own."""
    return Table(
        title=f"{SESSIONS} sessions of {TOKENS} tokens",
        about=(
            "Memory of the process above what it holds with the model loaded and one text read, "
            "after as many different texts. Aim: under 500 MB."
        ),
        head=("model", "memory of the process", "captures held"),
        rows=((MODEL, *map(size, _memory(MODEL))),),
    )


def _memory(name: str) -> tuple[int, int]:
    from app import resources

    with resources.pool().lease(name) as model:
        text = text_of(model, TOKENS)
    resources.attention_overview(name, f"warm {text}")
    before = _held()
    for number in range(SESSIONS):
        resources.attention_overview(name, f"{number} {text}")
    return _held() - before, resources.overviews().nbytes


def _held() -> int:
    gc.collect()
    return psutil.Process().memory_info().rss
