"""Training: our loop against a bare PyTorch loop and against ``Trainer`` as it comes."""

from __future__ import annotations

import copy
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import torch
from torch import nn
from transformers import (
    DataCollatorWithPadding,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerState,
    TrainingArguments,
)

from benchmarks.report import Table
from core.tuning import labelled
from core.tuning.finetune import RunSpec, default_spec
from core.tuning.finetune.batches import TrainingBatches
from core.tuning.finetune.evaluation import Score
from core.tuning.finetune.loss import mean_loss, predictions
from core.tuning.finetune.networks import TunedNetwork, build_network
from core.tuning.finetune.running import Material, read_material
from core.tuning.finetune.training import train
from core.tuning.labelled import DataSource
from core.tuning.team import Team

MODEL: Final = "minilm-l6"
SOURCE: Final = DataSource(
    kind="classification", dataset="movie-snippets", limit=3_000, validation=1 / 3
)
STEPS: Final = 10
ROUNDS: Final = 3
_USUAL_BATCH: Final = 8  # of TrainingArguments


@dataclass(frozen=True, slots=True)
class Pace:
    """Samples in a second of the clock, and in one of the processor."""

    wall: float
    cpu: float


class Clock:
    """Reads both clocks at the end of every step; the first step only warms up."""

    def __init__(self) -> None:
        self._read: list[tuple[float, float]] = []

    def tick(self) -> None:
        """A step has ended."""
        self._read.append((time.perf_counter(), time.process_time()))

    def pace(self, samples: int) -> Pace:
        """Of ``samples`` that the steps after the first read."""
        (wall, cpu), (wall_end, cpu_end) = self._read[0], self._read[-1]
        return Pace(samples / (wall_end - wall), samples / (cpu_end - cpu))


class ClockWatch(Clock):
    """A run is watched by a clock."""

    def stopped(self) -> bool:
        """Never."""
        return False

    def log(self, point: Mapping[str, float]) -> None:
        """A step has ended, and was told."""
        self.tick()

    def note(self, name: str, value: object) -> None:
        """Nothing is kept."""


class ClockCallback(TrainerCallback):
    """``Trainer`` is watched by a clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: object, **rest: object
    ) -> None:
        """A step has ended."""
        self._clock.tick()


def measure() -> Table:
    """Samples a second of the default run's steps, taken in turn."""
    spec = replace(default_spec(MODEL, SOURCE), steps=STEPS, warmup=0.0, keep="last")
    prepared = labelled.prepare(SOURCE)
    tuned = build_network(spec, prepared.train.label_names)
    material = read_material(spec, tuned, prepared.train, prepared.validation)
    batches = TrainingBatches(spec, material.training, material.collator)
    runs: dict[str, Callable[[TunedNetwork], Pace]] = {
        "bare loop": lambda fresh: _bare(spec, fresh.network, batches),
        "Headlight": lambda fresh: _ours(spec, fresh, batches),
        "Trainer, as it comes": lambda fresh: _trainer(fresh, material, _USUAL_BATCH),
        f"Trainer, batch of {spec.batch}": lambda fresh: _trainer(fresh, material, spec.batch),
    }
    found: dict[str, list[Pace]] = {name: [] for name in runs}
    for number in range(ROUNDS + 1):
        for name, run in runs.items():
            # A network of its own: accelerate leaves its mark on one that it has had.
            pace = run(replace(tuned, network=copy.deepcopy(tuned.network)))
            if number > 0:  # the first round does not count
                found[name].append(pace)
    return _table(spec, {name: _median(paces) for name, paces in found.items()})


def _table(spec: RunSpec, paces: Mapping[str, Pace]) -> Table:
    ours = paces["Headlight"]
    return Table(
        title="Training steps",
        about=(
            f"The default run: all weights of the built-in encoder, {spec.batch} movie snippets a "
            f"step, {spec.precision}, {torch.get_num_threads()} threads. The bare loop takes the "
            "same batches with fused AdamW and clips gradients; Headlight also logs every step; "
            "metrics are off in both. Trainer draws rows of any length, in float32. Medians of "
            f"{ROUNDS} rounds of {STEPS} steps, in turn. Aims: at least 0.97 of the bare loop, at "
            "least 1.5 times Trainer. Beside other work the ratio of processor seconds is the "
            "truer one."
        ),
        head=("loop", "samples a second", "Headlight ÷ it", "by processor seconds"),
        rows=tuple(
            (
                name,
                f"{pace.wall:.1f}",
                f"{ours.wall / pace.wall:.2f}",
                f"{ours.cpu / pace.cpu:.2f}",
            )
            for name, pace in paces.items()
        ),
    )


def _median(paces: list[Pace]) -> Pace:
    return Pace(
        statistics.median(pace.wall for pace in paces), statistics.median(p.cpu for p in paces)
    )


def _samples(batches: TrainingBatches) -> int:
    return sum(len(batches.rows_of(step)) for step in range(1, STEPS))


def _bare(spec: RunSpec, network: nn.Module, batches: TrainingBatches) -> Pace:
    """What a person writes by hand."""
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=spec.rate, weight_decay=spec.weight_decay, fused=True
    )
    network.train()
    clock = Clock()
    for number in range(STEPS):
        batch = batches[number]
        labels = batch.pop("labels")
        with torch.autocast("cpu", torch.bfloat16, enabled=spec.precision == "bfloat16"):
            logits = network(**batch).logits
        torch.autograd.backward(mean_loss(*predictions(logits, labels, shifted=False)))
        nn.utils.clip_grad_norm_(network.parameters(), spec.gradient_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        clock.tick()
    return clock.pace(_samples(batches))


def _ours(spec: RunSpec, tuned: TunedNetwork, batches: TrainingBatches) -> Pace:
    watch = ClockWatch()
    with tempfile.TemporaryDirectory() as folder:
        train(
            replace(spec, evaluate_every=STEPS),
            tuned,
            batches,
            Path(folder),
            watch,
            evaluate=lambda: Score(loss=0.0, accuracy=0.0, count=1),
            shifted=False,
            team=Team(),
        )
    return watch.pace(_samples(batches))


def _trainer(tuned: TunedNetwork, material: Material, batch: int) -> Pace:
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            model=tuned.network,
            args=TrainingArguments(
                output_dir=folder,
                max_steps=STEPS,
                per_device_train_batch_size=batch,
                use_cpu=True,
                save_strategy="no",
                report_to="none",
                disable_tqdm=True,
                dataloader_pin_memory=False,  # a warning where there is no GPU
            ),
            train_dataset=list(_rows(material)),
            data_collator=DataCollatorWithPadding(tuned.tokenizer),
            callbacks=[ClockCallback(clock)],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return clock.pace((STEPS - 1) * batch)


def _rows(material: Material) -> Iterator[dict[str, object]]:
    features = material.training
    for number in range(len(features)):
        ids, _types, labels = features.row(number)
        yield {"input_ids": ids.tolist(), "labels": int(labels[0])}
