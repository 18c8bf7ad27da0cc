"""The loop: transformers' ``Trainer`` on the batches of a spec, resumable at any moment.

What is read and what the network is are known elsewhere. The run's folder gets ``checkpoints/``;
what happens is told to the watch.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic

from torch import Tensor
from transformers import (
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from transformers.modeling_outputs import ModelOutput

from core.device import cuda_computes
from core.errors import InputError
from core.language import _
from core.tuning.batches import Batch
from core.tuning.finetune.loss import mean_loss, predictions
from core.tuning.finetune.networks import TunedNetwork
from core.tuning.finetune.restoring import put_weights
from core.tuning.loop import LoopBatches, LoopSpec, LossParts, MeasuredT
from core.tuning.runs.watch import RunWatch
from core.tuning.team import Team
from core.tuning.training import CHECKPOINTS, newest_checkpoint, on_one_device

Evaluate = Callable[[], MeasuredT]
Look = Callable[[int, MeasuredT | None], None]
"""Looks into the network after a step, with what was measured at it, if anything was."""
_SCHEDULES: Final = {
    "linear": "linear",
    "cosine": "cosine",
    "constant": "constant_with_warmup",
}
_SECONDS: Final = "seconds.txt"
_KEPT: Final = {"best": 2, "last": 1, "every": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run came to its end: whether it did all its steps, which step's weights it kept, and
    how long all its attempts trained."""

    finished: bool
    step: int
    kept_step: int
    seconds: float


def train(
    spec: LoopSpec,
    tuned: TunedNetwork,
    batches: LoopBatches,
    folder: Path,
    watch: RunWatch,
    *,
    evaluate: Evaluate[MeasuredT] | None,
    look: Look[MeasuredT] | None = None,
    choices: Sequence[int] = (),
    shifted: bool = False,
    team: Team | None = None,
    parts: LossParts | None = None,
) -> Ending:
    """Train in place; go on from the newest whole checkpoint in ``folder``, if any.

    ``evaluate`` is asked as often as the spec says, by every process of the ``team``, and ``look``
    then, where a checkpoint or a probe is due, and before the first step, by the first process. The
    result of a run that was stopped and resumed equals that of one that was not, to 0.0. Raises
    InputError where the loss is no number any more. A network whose loss has ``parts`` gives its
    own loss.
    """

    team = team or Team()

    def loss(
        outputs: ModelOutput, labels: Tensor, num_items_in_batch: Tensor | None = None
    ) -> Tensor:
        asked = predictions(outputs.logits, labels, shifted=shifted, choices=choices)
        return mean_loss(*asked, num_items_in_batch)

    watcher = _Watcher(spec, batches, folder, watch, evaluate, look, team, parts)
    trainer = Trainer(
        model=tuned.network,
        args=_arguments(spec, batches, folder, team),
        train_dataset=batches,
        data_collator=_only_one,
        compute_loss_func=None if parts else loss,
        callbacks=[watcher],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.floating_point_ops = _uncounted
    trainer.model_accepts_loss_kwargs = False  # no model is told how many items a step has
    newest = newest_checkpoint(folder)
    watcher.earlier = _read_seconds(folder) if newest else 0.0
    started = time.monotonic()
    trainer.train(resume_from_checkpoint=str(newest) if newest else None)
    trainer.accelerator.unwrap_model(tuned.network, keep_fp32_wrapper=False)
    state = trainer.state
    finished = state.global_step >= batches.steps
    kept = state.global_step
    if finished and spec.keep == "best" and state.best_model_checkpoint:
        best = Path(state.best_model_checkpoint)
        kept = int(best.name.rpartition("-")[2])
        if kept != state.global_step:
            put_weights(tuned, best)
    seconds = watcher.earlier + time.monotonic() - started
    if not finished and team.writes:  # with what came after its last checkpoint
        _write_seconds(folder, seconds)
    return Ending(finished=finished, step=state.global_step, kept_step=kept, seconds=seconds)


def _write_seconds(folder: Path, taken: float) -> None:
    """Write down how long training took so far, for an attempt that goes on from here."""
    with contextlib.suppress(OSError):
        (folder / _SECONDS).write_text(f"{taken:.3f}", "utf-8")


def _read_seconds(folder: Path) -> float:
    """How long the attempts before this one trained, as far as it was written down."""
    try:
        return float((folder / _SECONDS).read_text("utf-8"))
    except (OSError, ValueError):
        return 0.0


def _arguments(spec: LoopSpec, batches: LoopBatches, folder: Path, team: Team) -> TrainingArguments:
    arguments = TrainingArguments(
        output_dir=str(folder / CHECKPOINTS),
        max_steps=batches.steps,
        per_device_train_batch_size=1,  # an item is a whole batch already
        gradient_accumulation_steps=spec.accumulation,
        train_sampling_strategy="sequential",
        learning_rate=spec.rate,
        lr_scheduler_type=_SCHEDULES[spec.schedule],
        warmup_steps=round(spec.warmup * batches.steps),
        weight_decay=spec.weight_decay,
        max_grad_norm=spec.gradient_norm,
        optim="adamw_torch_fused",
        bf16=spec.precision == "bfloat16",
        use_cpu=not cuda_computes(),
        seed=(spec.seed + team.number) % 2**32,  # other units drop out in other processes
        save_strategy="no",  # the watcher says when
        save_total_limit=_KEPT[spec.keep],
        logging_steps=1,
        logging_nan_inf_filter=False,  # a run that diverged must not log a loss of 0
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
    )
    return on_one_device(arguments)


def _uncounted(_inputs: Batch) -> int:
    """Nobody reads how many operations a step takes, and to count them takes milliseconds."""
    return 0


def _only_one(items: list[Batch]) -> Batch:
    (batch,) = items
    return batch


class _Watcher(TrainerCallback, Generic[MeasuredT]):  # type: ignore[misc] # not typed
    """Tells the watch what happens, and the trainer when to evaluate, to save and to stop."""

    def __init__(
        self,
        spec: LoopSpec,
        batches: LoopBatches,
        folder: Path,
        watch: RunWatch,
        evaluate: Evaluate[MeasuredT] | None,
        look: Look[MeasuredT] | None,
        team: Team,
        parts: LossParts | None,
    ) -> None:
        self._spec, self._batches, self._folder, self._team = spec, batches, folder, team
        self._watch, self._evaluate, self._look = watch, evaluate, look
        self._parts = parts
        self.earlier = 0.0
        self._started = time.monotonic()
        self._score: MeasuredT | None = None
        self._began = 0.0
        self._seconds = 0.0  # of the step alone, without what came after it

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: object,
    ) -> None:
        """Look into the network before its first step; find the best checkpoint again where the
        folder was moved: what a checkpoint says of it is a path."""
        best = self._folder / CHECKPOINTS / f"checkpoint-{state.best_global_step or 0}"
        if best.is_dir():
            state.best_model_checkpoint = str(best)
        self._started = time.monotonic()
        if self._look and state.global_step == 0:
            self._look(0, None)

    def on_save(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: object,
    ) -> None:
        """Write down how long it took so far: a killed run is one that ended here."""
        if self._team.writes:
            _write_seconds(self._folder, self.earlier + time.monotonic() - self._started)

    def on_step_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: object,
    ) -> None:
        """Remember when the step began."""
        self._began = time.perf_counter()

    def on_step_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: object,
    ) -> TrainerControl:
        """Evaluate where it is due; see to it that what must be kept is saved."""
        self._seconds = time.perf_counter() - self._began
        step = state.global_step
        measured = self._is_due(step, self._spec.evaluate_every)
        kept = self._is_due(step, self._spec.checkpoint_every)
        self._score = self._evaluate() if measured and self._evaluate else None
        if self._score:
            control.should_save |= self._is_best(state, self._score)
        due = measured or kept or self._spec.probes.is_due(step, self._batches.steps)
        if self._look and due:
            self._look(step, self._score)  # before the step is kept: a resume does not miss it
        stopped = self._team.agreed(self._watch.stopped())
        control.should_training_stop |= stopped
        control.should_save |= stopped or kept
        control.should_log = True
        return control

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: object,
    ) -> None:
        """A point of the curves. Raises InputError where the loss is no number."""
        state.log_history.clear()  # or every checkpoint would write all points again
        if not logs or "loss" not in logs:
            return
        step = state.global_step
        point = {"step": step, "loss": logs["loss"], "rate": logs["learning_rate"]}
        point["gradient_norm"] = float(logs["grad_norm"])
        if self._seconds:
            point["tokens"] = self._batches.tokens_of(step - 1) / self._seconds
        if self._parts:
            point |= self._parts()
        if self._score:
            point |= self._score.values()
        self._watch.log(point)
        if not math.isfinite(logs["loss"]):
            raise InputError(
                _(
                    "At step {step} the loss was no number any more: start again with a learning "
                    "rate of {rate:g}, a tenth of this one."
                ).format(step=step, rate=self._spec.rate / 10)
            )

    def _is_best(self, state: TrainerState, score: MeasuredT) -> bool:
        """Whether no earlier evaluation was better; ``keep`` decides if that matters."""
        best = state.best_metric
        if self._spec.keep != "best" or not math.isfinite(score.merit):
            return False
        if best is not None and score.merit <= best:
            return False
        state.best_metric, state.best_global_step = score.merit, state.global_step
        name = f"checkpoint-{state.global_step}"
        state.best_model_checkpoint = str(self._folder / CHECKPOINTS / name)
        return True

    def _is_due(self, step: int, every: int) -> bool:
        return step % (every or self._batches.steps_per_pass) == 0 or step == self._batches.steps
