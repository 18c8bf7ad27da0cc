"""What is recorded of a trained model: the run, its figures, and how the stored weights fare.

``results.json`` holds all that the model card says; the card adds words, no figures.
"""

from __future__ import annotations

import csv
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import transformers

from core.tuning.evaluation import HeldOutScore
from core.tuning.everyday import EverydayAnswer
from core.tuning.spec import MaskedSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWeights:
    """The stored file: its bytes, its SHA-256, that of the weights it restores, their faith."""

    nbytes: int
    sha256: str
    restored_sha256: str
    largest_error: float
    """The largest difference of a restored weight from the trained one."""
    same_choice: float
    """The share of held-out masked tokens where both have the same first choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord:
    """What an earlier stage took, and what was measured when it ended."""

    steps: int
    decay: int
    masked: float
    """The share of tokens that was chosen to be predicted."""
    precision: str
    tokens: int
    seconds: float
    accuracy: float
    """The share of held-out masked tokens whose first choice was right."""
    sha256: str
    """Of the weights it stored, from which the next stage started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that was measured of one run."""

    spec: MaskedSpec
    held_out: HeldOutScore
    everyday: tuple[EverydayAnswer, ...]
    curve: tuple[Mapping[str, float], ...]
    stored: StoredWeights
    training_tokens: int
    training_seconds: float
    available_tokens: Mapping[str, int]
    held_out_tokens: Mapping[str, int]
    earlier: tuple[StageRecord, ...] = ()

    @property
    def steps(self) -> int:
        """The steps of all stages."""
        return sum(each.steps for each in self.earlier) + self.spec.schedule.steps

    @property
    def tokens(self) -> int:
        """The tokens that all stages read."""
        return sum(each.tokens for each in self.earlier) + self.training_tokens

    @property
    def seconds(self) -> float:
        """The seconds of all stages."""
        return sum(each.seconds for each in self.earlier) + self.training_seconds

    def write(self, path: Path) -> None:
        """Write everything but the curve as JSON."""
        values = {
            "spec": json.loads(self.spec.to_json()),
            "held_out": self.held_out.to_dict(),
            "everyday": [asdict(each) | {"right": each.right} for each in self.everyday],
            "stored": asdict(self.stored),
            "training_tokens": self.training_tokens,
            "training_seconds": round(self.training_seconds),
            "available_tokens": dict(self.available_tokens),
            "held_out_tokens": dict(self.held_out_tokens),
            "earlier": [asdict(each) for each in self.earlier],
            "machine": machine(),
        }
        path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", "utf-8")


def read_stage(path: Path) -> StageRecord:
    """The record of a stage from the JSON file that ``Results.write`` wrote of it."""
    found = json.loads(path.read_text("utf-8"))
    spec = found["spec"]
    schedule = spec["schedule"]
    return StageRecord(
        steps=schedule["steps"],
        decay=schedule["decay"],
        masked=spec["training_mask"]["rate"],
        precision=spec["precision"],
        tokens=found["training_tokens"],
        seconds=found["training_seconds"],
        accuracy=found["held_out"]["masked"]["accuracy"],
        sha256=found["stored"]["sha256"],
    )


def machine() -> Mapping[str, str]:
    """What it was computed on, as far as it may matter to the figures."""
    return {
        "device": "CPU",
        "cores": str(os.cpu_count()),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }


def write_curve(curve: Sequence[Mapping[str, float]], path: Path) -> None:
    """Write the logged steps as CSV; what was not measured at a step stays blank."""
    columns = list(dict.fromkeys(name for point in curve for name in point if name != "seconds"))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: f"{value:.6g}" for name, value in point.items()} for point in curve)
