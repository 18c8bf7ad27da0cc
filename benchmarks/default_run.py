"""``python -m benchmarks default_run``: the run that the Train page offers, with three seeds.

Each is done by a process of its own, at usual priority: on a machine that does nothing else a
worker takes as long.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.train.new_source import DATASET_ROWS, DATASET_SHARE
from app.train.state import TRAIN
from benchmarks.report import Table
from core.catalogue import ensure_dataset
from core.tuning.distributed import NOTES
from core.tuning.finetune import RunSpec, default_spec
from core.tuning.labelled import DataSource

SEEDS: Final = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class Taken:
    """How a run ended: accuracy, and seconds of the clock and of all processors."""

    accuracy: float
    loss: float
    count: int
    wall: float
    cpu: float


def measure() -> Table:
    """Accuracy, seconds and processor seconds of the default run for each seed."""
    spec = default_run()
    ensure_dataset(spec.source.dataset)
    found = {seed: _run(replace(spec, seed=seed)) for seed in SEEDS}
    least = min(found.values(), key=lambda each: each.accuracy)
    return Table(
        title="The default run",
        about=(
            f"What Start on the Train page does at first: {spec.model} learns from "
            f"{DATASET_ROWS:,} movie snippets, of which a third are held out ({least.count:,}); "
            f"{spec.epochs} epochs, batches of {spec.batch}, rate {spec.rate:g}, {spec.precision}; "
            "with metrics, probes and checkpoints, from the start of the process to the model. "
            "Processor seconds are those of all threads: on a machine that does nothing else, two "
            "cores need about half of them. Aims: at least 82 %, within 120 s on two idle cores."
        ),
        head=("seed", "accuracy", "loss", "time", "processor time"),
        rows=tuple(
            (
                str(seed),
                f"{each.accuracy:.1%}",
                f"{each.loss:.3f}",
                f"{each.wall:.0f} s",
                f"{each.cpu:.0f} s",
            )
            for seed, each in found.items()
        ),
    )


def default_run() -> RunSpec:
    """What the page offers before anything is chosen."""
    values = {param.name: param.default() for param in TRAIN.params}
    source = DataSource(
        kind="classification",
        dataset=str(values["dataset"]),
        limit=DATASET_ROWS,
        validation=DATASET_SHARE,
    )
    return default_spec(str(values["model"]), source)


def _run(spec: RunSpec) -> Taken:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "spec.json", Path(folder) / "out"
        path.write_text(spec.to_json(), "utf-8")
        before, began = os.times(), time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "core.tuning.distributed", str(path), "--folder", str(out)],
            check=True,
        )
        wall, after = time.perf_counter() - began, os.times()
        result = json.loads((out / NOTES).read_text("utf-8"))["result"]
    print(f"  seed {spec.seed}: {result['accuracy']:.1%} in {wall:.0f} s", file=sys.stderr)
    cpu = sum(
        getattr(after, name) - getattr(before, name)
        for name in ("children_user", "children_system")
    )
    return Taken(result["accuracy"], result["validation_loss"], result["count"], wall, cpu)
