"""What a run noted about itself, as the page reads it; what is missing or strange is None."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """The notes of a run that are shown.

    ``guessing_loss`` is the loss, in nats, of one who guesses evenly; ``majority`` the share of the
    held-out rows that have training's commonest label. ``preparing`` is what is done with the data
    at the moment, ``seconds`` how long the training took. ``accuracy``, ``loss`` and ``count`` are
    the result on the ``count`` things held out, by the weights of ``kept_step``; ``interval`` is
    that of the accuracy, at 95 %. ``result`` holds all of its numbers by name.
    """

    steps: int | None = None
    trainable: int | None = None
    parameters: int | None = None
    guessing_loss: float | None = None
    majority: float | None = None
    preparing: str = ""
    seconds: float | None = None
    kept_step: int | None = None
    accuracy: float | None = None
    loss: float | None = None
    count: int | None = None
    interval: tuple[float, float] | None = None
    result: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, notes: Mapping[str, object]) -> Self:
        """The facts in the notes of a run."""
        result, preparing = _part(notes, "result"), _part(notes, "preparing")
        return cls(
            steps=_whole(notes, "steps"),
            trainable=_whole(notes, "trainable"),
            parameters=_whole(notes, "parameters"),
            guessing_loss=_number(notes, "guessing_loss"),
            majority=_number(notes, "majority"),
            preparing=str(preparing.get("step", "")),
            seconds=_number(notes, "seconds"),
            kept_step=_whole(result, "step"),
            accuracy=_number(result, "accuracy"),
            loss=_number(result, "validation_loss"),
            count=_whole(result, "count"),
            interval=_interval(notes),
            result={name: value for name in result if (value := _number(result, name)) is not None},
        )


def _interval(notes: Mapping[str, object]) -> tuple[float, float] | None:
    found = notes.get("accuracy_interval")
    if not isinstance(found, list) or len(found) != 2:
        return None
    low, high = (_number({"": each}, "") for each in found)
    return None if low is None or high is None else (low, high)


def _part(notes: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = notes.get(name)
    return value if isinstance(value, dict) else {}


def _number(notes: Mapping[str, object], name: str) -> float | None:
    value = notes.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _whole(notes: Mapping[str, object], name: str) -> int | None:
    value = _number(notes, name)
    return None if value is None else int(value)
