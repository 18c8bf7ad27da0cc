"""``Rung``: one method on the ladder, what it was worth and what it took."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from core.prompts.ladder.spec import METHODS, LadderMethod
from core.tuning.outcome.intervals import wilson

RUNGS: Final = "ladder.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """``right`` of ``count`` test rows, after ``seconds`` of searching or training.

    ``labels`` are the labelled examples that were used, ``trainable`` the parameters that were
    trained. ``template`` and ``words`` are those of a prompt, ``demonstrations`` what stood before
    it; ``spec`` is the fine-tuning that made it, as JSON, "" where none did.
    """

    method: LadderMethod
    right: int
    count: int
    seconds: float
    labels: int
    trainable: int
    template: str = ""
    words: tuple[tuple[str, str], ...] = ()
    calibrate: bool = False
    demonstrations: tuple[tuple[tuple[str, str], ...], ...] = ()
    spec: str = ""

    @property
    def accuracy(self) -> float:
        """The share of test rows that was right."""
        return self.right / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        return wilson(self.right, self.count)


def read_rungs(folder: Path) -> tuple[Rung, ...]:
    """The rungs in ``folder`` so far."""
    try:
        return rungs_of(json.loads((folder / RUNGS).read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return ()


def rungs_of(values: Sequence[Mapping[str, object]]) -> tuple[Rung, ...]:
    """The rungs that ``rung_values`` gave."""
    return tuple(_rung(value) for value in values)


def _rung(value: Mapping[str, object]) -> Rung:
    method = str(value["method"])
    if method not in METHODS:
        raise ValueError(f"there is no method {method}")
    return Rung(
        method=method,
        right=int(str(value["right"])),
        count=int(str(value["count"])),
        seconds=float(str(value["seconds"])),
        labels=int(str(value["labels"])),
        trainable=int(str(value["trainable"])),
        template=str(value.get("template", "")),
        words=_pairs(value.get("words", [])),
        calibrate=value.get("calibrate") is True,
        demonstrations=tuple(_pairs(row) for row in _list(value.get("demonstrations", []))),
        spec=str(value.get("spec", "")),
    )


def rung_values(rungs: Sequence[Rung]) -> list[dict[str, object]]:
    """The rungs as JSON holds them."""
    return [asdict(rung) for rung in rungs]


def write_rungs(folder: Path, rungs: Sequence[Rung]) -> None:
    """Write the rungs so far, whole or not at all."""
    part = folder / f".{RUNGS}.part"
    part.write_text(json.dumps(rung_values(rungs), indent=1, ensure_ascii=False), "utf-8")
    part.replace(folder / RUNGS)


def _pairs(values: object) -> tuple[tuple[str, str], ...]:
    return tuple((str(first), str(second)) for first, second in _list(values))


def _list(values: object) -> Sequence[Any]:
    if not isinstance(values, list | tuple):
        raise TypeError("a list was expected")
    return values
