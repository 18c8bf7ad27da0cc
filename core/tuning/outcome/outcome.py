"""``Outcome``, what came of a run, and how it is kept: a file in its folder, whole or not there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from core.errors import InputError
from core.language import _

FILE: Final = "outcome.json"
_FORMAT: Final = 1
MeasureName = Literal["accuracy", "macro_f1", "span_f1", "loss", "perplexity"]
Method = Literal["wilson", "bootstrap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure and its 95 % interval; how that was found, ``method`` says."""

    name: MeasureName
    value: float
    low: float
    high: float
    method: Method


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFigures:
    """How well one label is told: it is right ``count`` times and was predicted ``predicted``."""

    name: str
    precision: float
    recall: float
    f1: float
    count: int
    predicted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One prediction: ``text`` is the text, or the word or token between ``before`` and ``after``.

    ``expected`` is what is right and ``predicted`` what came out, each with the probability that it
    had; ``loss`` is −log p of the former, in nats. ``row`` is that of the data source, 0 where a
    text was cut into several rows.
    """

    row: int
    text: str
    second: str = ""
    before: str = ""
    after: str = ""
    expected: str
    probability: float
    predicted: str
    predicted_probability: float
    loss: float

    @property
    def right(self) -> bool:
        """Whether what came out is right after all."""
        return self.expected == self.predicted


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The model of ``step`` on the rows held out: ``count`` predictions in ``rows`` rows.

    ``kind`` is what was learnt. ``confusion`` (label, prediction) and ``labels`` are empty where
    tokens are predicted; ``majority`` is the share of the label most frequent in training, NaN
    likewise. ``mistakes`` are those of the highest loss, the worst first.
    """

    kind: str
    step: int
    rows: int
    count: int
    measures: tuple[Measure, ...]
    labels: tuple[LabelFigures, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    majority: float = float("nan")
    mistakes: tuple[Mistake, ...] = ()

    def measure(self, name: MeasureName) -> Measure | None:
        """The figure of this name, if it was measured."""
        return next((each for each in self.measures if each.name == name), None)


def write_outcome(folder: Path, outcome: Outcome) -> None:
    """Keep ``outcome`` in the run's ``folder``; an earlier one is replaced."""
    half = folder / f"{FILE}.part"
    values = {"format": _FORMAT, **asdict(outcome)}
    half.write_text(json.dumps(values, ensure_ascii=False), "utf-8")
    half.replace(folder / FILE)


def read_outcome(folder: Path) -> Outcome | None:
    """What came of the run in ``folder``; None where there is nothing yet.

    Raises InputError for a file that cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        values: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if values.pop("format") != _FORMAT:
            raise ValueError(f"format is not {_FORMAT}")
        parts = {"measures": Measure, "labels": LabelFigures, "mistakes": Mistake}
        for name, part in parts.items():
            values[name] = tuple(part(**each) for each in values[name])
        values["confusion"] = tuple(tuple(row) for row in values["confusion"])
        return Outcome(**values)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            _("The results of this run cannot be read: resume it, or run it again.")
        ) from error
