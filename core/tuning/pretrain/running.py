"""``pretrain``: a run from nothing, from its spec to a model in its folder.

The steps are in the neighbours; here they follow each other. A full memory or disk is left to who
started the run.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Final

import numpy as np
from torch import Tensor, nn
from transformers import PreTrainedModel

from core.tuning.finetune.networks import TunedNetwork
from core.tuning.finetune.running import peak_memory
from core.tuning.finetune.training import Ending, train
from core.tuning.pretrain.batches import PretrainBatches, Rows, rows_of
from core.tuning.pretrain.evaluation import EVALUATION, PretrainScore, evaluate
from core.tuning.pretrain.material import Material, read_material
from core.tuning.pretrain.networks import new_network
from core.tuning.pretrain.probing import look_into
from core.tuning.pretrain.saving import save_model
from core.tuning.pretrain.spec import PretrainSpec
from core.tuning.runs.watch import RunWatch
from core.tuning.team import Team

FINAL_ROWS: Final = 2_048
"""Rows that the finished model is measured on, at most."""
_PARTS: Final = ("masked_loss", "pair_loss")


def pretrain(spec: PretrainSpec, folder: Path, watch: RunWatch) -> None:
    """Do the run of ``spec`` in ``folder``, from its newest whole checkpoint on where it has one.

    At the end ``folder/model`` holds the model. Where the watch says stop, a checkpoint is left
    and no model. Raises a HeadlightError for what a person can mend.
    """
    folder.mkdir(parents=True, exist_ok=True)
    team = Team.current()
    if not team.writes:
        team.wait()  # the first process keeps the tokenizer, the others read it
    material = read_material(
        spec,
        folder,
        lambda share, step: watch.note("preparing", {"share": share, "step": step}),
    )
    if team.writes:
        team.wait()
    learn(spec, material, folder, watch)


def learn(spec: PretrainSpec, material: Material, folder: Path, watch: RunWatch) -> None:
    """The run of ``spec`` on texts that are already tokens. See ``pretrain``."""
    tokenizer = material.tokenizer
    network = new_network(spec, len(tokenizer))
    tuned = TunedNetwork(
        network=network,
        tokenizer=tokenizer,
        folder=folder,
        limit=spec.block,
        typed=spec.objective == "masked",
        causal=spec.objective == "causal",
        new=(),
    )
    team = Team.current()
    rows = rows_of(spec, material.train, tokenizer, seed=spec.seed)
    batches = PretrainBatches(spec, rows, processes=team.size)
    held_out = rows_of(spec, material.held_out, tokenizer, seed=EVALUATION + spec.seed)
    _note_start(spec, tuned, material, batches, watch)
    ending = train(
        spec,
        tuned,
        batches,
        folder,
        watch,
        evaluate=lambda: evaluate(network, spec, held_out),
        look=look_into(spec, tuned, material, folder) if team.writes else None,
        parts=LossParts(network, team),
        team=team,
    )
    watch.note("seconds", ending.seconds)
    watch.note("memory", peak_memory())
    if ending.finished and team.writes:
        _finish(spec, tuned, held_out, material, folder, ending, watch)
    team.wait()


class LossParts:
    """The parts of the loss of the newest training batch, by name; none where it has none."""

    def __init__(self, network: PreTrainedModel, team: Team) -> None:
        self._newest: dict[str, float] = {}
        self._team = team
        network.register_forward_hook(self._keep)

    def __call__(self) -> dict[str, float]:
        """Mean losses in nats by name, over all processes."""
        sums = self._team.total(np.array(list(self._newest.values()), dtype=np.float64))
        return dict(
            zip(self._newest, (float(each) / self._team.size for each in sums), strict=True)
        )

    def _keep(self, network: nn.Module, _inputs: object, outputs: dict[str, Tensor]) -> None:
        if network.training:
            self._newest = {
                name: float(outputs[name])
                for name in ("masked_loss", "pair_loss")
                if name in outputs
            }


def guessing_loss(spec: PretrainSpec, vocabulary: int) -> float:
    """The loss of one who guesses evenly: ln V, and ln 2 more for “next or not”."""
    return math.log(vocabulary) + (math.log(2) if spec.objective == "masked" else 0.0)


def _note_start(
    spec: PretrainSpec,
    tuned: TunedNetwork,
    material: Material,
    batches: PretrainBatches,
    watch: RunWatch,
) -> None:
    vocabulary = len(tuned.tokenizer)
    watch.note("trainable", tuned.trainable)
    watch.note("parameters", tuned.parameters)
    watch.note("vocabulary", vocabulary)
    watch.note("rows", material.documents)
    watch.note("validation_rows", material.held_out_documents)
    watch.note("repeats", material.repeats)
    watch.note("steps", batches.steps)
    watch.note("processes", Team.current().size)
    watch.note("steps_per_pass", batches.steps_per_pass)
    watch.note("max_tokens", spec.block)
    watch.note("started", time.time())
    watch.note("guessing_loss", guessing_loss(spec, vocabulary))


def _finish(
    spec: PretrainSpec,
    tuned: TunedNetwork,
    held_out: Rows,
    material: Material,
    folder: Path,
    ending: Ending,
    watch: RunWatch,
) -> None:
    final: PretrainScore = evaluate(tuned.network, spec, held_out, count=FINAL_ROWS)
    save_model(spec, tuned, material, folder, ending, final)
    watch.note("result", {"step": ending.kept_step, "count": final.count, **final.values()})
