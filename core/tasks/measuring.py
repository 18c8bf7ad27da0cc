"""How good the ways of the tasks are: measured, kept in ``measured.json``, then shown.

    python -m core.tasks.measuring [TASK ...]

measures the built-in and the prompted way of each task of matching and generation, with the
built-in models on the CPU, and writes the file; ``quality.py`` does the other families. Whatever
is measured names its data, how many rows they were, and how far the figure may be off (95 %).
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.language import mark

if TYPE_CHECKING:
    from core.models import LanguageModel
    from core.tasks.task import Way

FILE: Final = Path(__file__).with_name("measured.json")
COMMAND: Final = "python -m core.tasks.measuring"
MEASURES: Final = {
    "first": mark("right one first"),
    "accuracy": mark("accuracy"),
    "exact": mark("exactly right"),
    "words": mark("words right"),
    "span_f1": mark("F1 of names"),
    "word_f1": mark("F1 of the words"),
    "sentence": mark("sentences that hold the answer"),
    "silence": mark("“not in the text” seen"),
    "rouge_l": "ROUGE-L",
    "chrf": "chrF",
    "perplexity": mark("perplexity"),
}
"""What the measures are called; translated when they are shown."""
FLOORS: Final = (
    mark("always the commonest label"),
    mark("chance"),
    mark("the first sentence"),
)
"""The names of floors; translated when they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One figure: ``value`` of ``measure`` on ``count`` rows of ``data``, from ``low`` to ``high``.

    ``floor`` is what somebody gets who knows nothing (the commonest label, chance), or a simple
    baseline; ``floor_name`` says which.
    """

    task: str
    way: Way
    model: str
    data: str
    measure: str
    value: float
    low: float
    high: float
    count: int
    floor: float | None = None
    floor_name: str = ""


@cache
def measured() -> tuple[Measured, ...]:
    """Every figure of the file."""
    if not FILE.is_file():
        return ()
    return tuple(Measured(**row) for row in json.loads(FILE.read_text("utf-8")))


def measured_of(task: str, way: Way, model: str) -> Measured | None:
    """The figure of a task, a way and the model that answers; None where it was not measured."""
    for each in measured():
        if (each.task, each.way, each.model) == (task, way, model):
            return each
    return None


def share(right: Sequence[bool]) -> tuple[float, float, float]:
    """The share that is right, and Wilson's interval."""
    from core.tuning.outcome.intervals import wilson

    return (sum(right) / len(right), *wilson(sum(right), len(right)))


def mean(values: Sequence[float]) -> tuple[float, float, float]:
    """The mean, and its interval by the normal distribution."""
    middle = sum(values) / len(values)
    spread = math.sqrt(sum((value - middle) ** 2 for value in values) / max(1, len(values) - 1))
    half = 1.96 * spread / math.sqrt(len(values))
    return middle, middle - half, middle + half


def main(wanted: Sequence[str]) -> None:
    """Measure the tasks ``wanted``, all where none is named, and write the file."""
    from core.models import load_model
    from core.tasks.measuring_generation import GENERATION
    from core.tasks.measuring_matching import MATCHING

    measures: dict[str, Callable[[Models], Sequence[Measured]]] = {**MATCHING, **GENERATION}
    rows = {(each.task, each.way, each.model, each.measure): each for each in measured()}
    models = cache(lambda name: load_model(name, device="cpu"))
    for task, measure in measures.items():
        if wanted and task not in wanted:
            continue
        for row in measure(models):
            rows[row.task, row.way, row.model, row.measure] = row
            sys.stdout.write(f"{json.dumps(asdict(row), ensure_ascii=False)}\n")
            sys.stdout.flush()
    write_measured(rows.values())


def write_measured(rows: Iterable[Measured]) -> None:
    """Write ``rows`` in place of what was measured of the same before, and keep the rest."""
    measured.cache_clear()
    kept = {(each.task, each.way, each.model, each.measure): each for each in (*measured(), *rows)}
    text = json.dumps([asdict(kept[key]) for key in sorted(kept)], ensure_ascii=False, indent=1)
    FILE.write_text(f"{text}\n", "utf-8")
    measured.cache_clear()


Models = Callable[[str], "LanguageModel"]

if __name__ == "__main__":
    main(sys.argv[1:])
