"""The loop: transformers' ``Trainer`` on the batches of a spec, resumable at any moment.

What is read, how it is masked and what the network is are known elsewhere. The run's folder gets
``spec.json``, ``curve.jsonl`` (a line for each logged step) and ``checkpoints/``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import Dataset
from transformers import (
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from core.device import cuda_computes
from core.tuning.batches import Batch
from core.tuning.learner import MaskedLearner
from core.tuning.spec import MaskedSpec

Measure = Callable[[MaskedLearner], Mapping[str, float]]
CURVE: Final = "curve.jsonl"
CHECKPOINTS: Final = "checkpoints"
_BETAS: Final = (0.9, 0.98)
_KEPT: Final = 3


def train(
    spec: MaskedSpec,
    learner: MaskedLearner,
    batches: Dataset[Batch],
    folder: Path,
    *,
    measure: Measure | None = None,
) -> None:
    """Train ``learner`` in place; go on from the newest whole checkpoint in ``folder``, if any.

    ``measure`` is called every ``spec.evaluate_every`` steps and what it gives joins the curve.
    The result of a run that was stopped and resumed equals that of one that was not, to 0.0.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spec.json").write_text(spec.to_json(), "utf-8")
    optimizer = AdamW(
        [
            {"params": list(learner.body()), "lr": spec.schedule.body_rate},
            {"params": list(learner.head()), "lr": spec.schedule.head_rate},
        ],
        betas=_BETAS,
        weight_decay=spec.weight_decay,
        fused=True,
    )
    trainer = Trainer(
        model=learner,
        args=_arguments(spec, folder),
        train_dataset=batches,
        data_collator=_only_one,
        optimizers=(optimizer, LambdaLR(optimizer, spec.schedule.factor)),
        callbacks=[_Curve(folder / CURVE, spec, learner, measure)],
    )
    # The loss is a mean of its own: Trainer must not scale it by its count of items.
    trainer.model_accepts_loss_kwargs = False
    newest = newest_checkpoint(folder)
    trainer.train(resume_from_checkpoint=str(newest) if newest else None)
    trainer.accelerator.unwrap_model(learner, keep_fp32_wrapper=False)


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that was written to its end; None where there is none.

    ``trainer_state.json`` is written last: a kill during a save leaves a folder without it.
    """
    found = sorted(
        (folder / CHECKPOINTS).glob("checkpoint-*"),
        key=lambda path: int(path.name.rpartition("-")[2]),
        reverse=True,
    )
    return next((path for path in found if _is_whole(path)), None)


def on_one_device(arguments: TrainingArguments) -> TrainingArguments:
    """``arguments`` that use one GPU of this process at most.

    An item is a whole batch: Trainer would hand out one for each GPU that it sees.
    """
    arguments._n_gpu = min(1, arguments.n_gpu)
    return arguments


def read_curve(folder: Path) -> tuple[Mapping[str, float], ...]:
    """The logged steps in order; of steps that were done twice, after a resume, the later one."""
    by_step: dict[float, Mapping[str, float]] = {}
    for line in (folder / CURVE).read_text("utf-8").splitlines():
        try:
            point = json.loads(line)
        except ValueError:  # the run was killed while it wrote this line
            continue
        by_step[point["step"]] = point
    return tuple(by_step[step] for step in sorted(by_step))


def _is_whole(checkpoint: Path) -> bool:
    try:
        json.loads((checkpoint / "trainer_state.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return True


def _arguments(spec: MaskedSpec, folder: Path) -> TrainingArguments:
    arguments = TrainingArguments(
        output_dir=str(folder / CHECKPOINTS),
        max_steps=spec.schedule.steps,
        per_device_train_batch_size=1,  # an item is a whole batch already
        train_sampling_strategy="sequential",
        max_grad_norm=spec.gradient_norm,
        bf16=spec.precision == "bfloat16",
        use_cpu=not cuda_computes(),
        seed=spec.seed,
        save_steps=spec.checkpoint_every,
        save_total_limit=_KEPT,
        logging_steps=10,
        logging_nan_inf_filter=False,  # a run that diverged must not log a loss of 0
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
    )
    return on_one_device(arguments)


def _only_one(items: list[Batch]) -> Batch:
    (batch,) = items
    return batch


class _Curve(TrainerCallback):  # type: ignore[misc] # transformers is not typed
    """Writes the curve as it grows, with the measures of a held-out sample."""

    def __init__(
        self, path: Path, spec: MaskedSpec, learner: MaskedLearner, measure: Measure | None
    ) -> None:
        self._path, self._spec, self._learner, self._measure = path, spec, learner, measure
        self._started = time.monotonic()

    def on_step_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: object,
    ) -> TrainerControl:
        """See to it that a step that is measured is logged."""
        control.should_log |= self._is_measured(state.global_step)
        return control

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: object,
    ) -> None:
        """One line for each logged step."""
        if not logs or "loss" not in logs:
            return
        point = {"step": state.global_step, "loss": logs["loss"]}
        point |= {"gradient_norm": logs["grad_norm"], "rate": logs["learning_rate"]}
        point["seconds"] = time.monotonic() - self._started
        if self._measure and self._is_measured(state.global_step):
            point |= self._measure(self._learner)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(point) + "\n")

    def _is_measured(self, step: int) -> bool:
        return step % self._spec.evaluate_every == 0 or step == self._spec.schedule.steps
