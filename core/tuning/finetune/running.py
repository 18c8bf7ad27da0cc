"""``fine_tune``: a run from its spec to a model in its folder.

The steps are in the neighbours; here they follow each other. A full memory or disk is left to who
started the run.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import psutil
import torch

from core.device import cuda_computes
from core.errors import InputError
from core.language import _
from core.tuning import labelled
from core.tuning.blocks import vocabulary_of
from core.tuning.finetune.batches import Collator, TrainingBatches
from core.tuning.finetune.evaluation import Score, evaluate, evaluate_each
from core.tuning.finetune.features import Features, featurize
from core.tuning.finetune.networks import TunedNetwork, build_network
from core.tuning.finetune.outcome import make_outcome
from core.tuning.finetune.pattern import Pattern, featurize_pattern, read_pattern
from core.tuning.finetune.probing import make_prober
from core.tuning.finetune.saving import save_model
from core.tuning.finetune.spec import RunSpec
from core.tuning.finetune.training import Ending, Look, train
from core.tuning.labelled.examples import Examples
from core.tuning.labelled.floor import commonest_share
from core.tuning.outcome import write_outcome
from core.tuning.runs.watch import RunWatch
from core.tuning.team import Team

_FIRST: Final = 600_000  # apart from every seed of training
_FIRST_ROWS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Both sets of rows as tokens, how they are put into batches, and what labels stand for."""

    training: Features
    held_out: Features
    collator: Collator
    classes: int
    pattern: Pattern | None = None

    @property
    def choices(self) -> tuple[int, ...]:
        """The tokens that labels stand for, where words are predicted for them."""
        return self.pattern.word_ids if self.pattern else ()


def fine_tune(spec: RunSpec, folder: Path, watch: RunWatch) -> None:
    """Do the run of ``spec`` in ``folder``, from its newest whole checkpoint on where it has one.

    At the end ``folder/model`` holds the model. Where the watch says stop, a checkpoint is left
    and no model. Several processes (see ``core.tuning.team``) do one run, of which the watch of the
    first is asked. Raises a HeadlightError for what a person can mend.
    """
    prepared = labelled.prepare(
        spec.source,
        progress=lambda share, step: watch.note("preparing", {"share": share, "step": step}),
    )
    tune(spec, prepared.train, prepared.validation, folder, watch)


def tune(
    spec: RunSpec, training: Examples, held_out: Examples, folder: Path, watch: RunWatch
) -> None:
    """The run of ``spec`` on examples that are already read. See ``fine_tune``."""
    if not training.texts:
        raise InputError(_("There are no examples to train on: choose other data."))
    folder.mkdir(parents=True, exist_ok=True)
    tuned = build_network(spec, training.label_names)
    material = read_material(spec, tuned, training, held_out)
    team = Team.current()
    batches = TrainingBatches(spec, material.training, material.collator, processes=team.size)
    _note_start(tuned, training, held_out, material, batches, watch)

    def score(features: Features, among: Team | None = None) -> Score:
        return evaluate(
            tuned.network,
            features,
            material.collator,
            classes=material.classes,
            choices=material.choices,
            seed=spec.seed,
            team=among,
        )

    def score_held_out() -> Score:
        return score(material.held_out, team)

    ending = train(
        spec,
        tuned,
        batches,
        folder,
        watch,
        evaluate=score_held_out if spec.metrics else None,
        look=_look(spec, tuned, material, held_out, folder, score) if team.writes else None,
        choices=material.choices,
        shifted=material.training.shifted,
        team=team,
    )
    watch.note("seconds", ending.seconds)
    watch.note("memory", peak_memory())
    if not ending.finished:
        return
    if team.writes:
        _finish(spec, tuned, material, training, held_out, folder, ending, watch)
    team.wait()


def _finish(
    spec: RunSpec,
    tuned: TunedNetwork,
    material: Material,
    training: Examples,
    held_out: Examples,
    folder: Path,
    ending: Ending,
    watch: RunWatch,
) -> None:
    """Write the model, and what came of it where it is measured."""
    if not spec.metrics:
        save_model(spec, tuned, folder, ending, None)
        return
    final, each = evaluate_each(
        tuned.network,
        material.held_out,
        material.collator,
        classes=material.classes,
        choices=material.choices,
        seed=spec.seed,
    )
    save_model(spec, tuned, folder, ending, final)
    made = make_outcome(
        spec, ending.kept_step, final, each, training, held_out, material.held_out, tuned.tokenizer
    )
    write_outcome(folder, made)
    accuracy = made.measure("accuracy")
    if accuracy is not None:
        watch.note("accuracy_interval", [accuracy.low, accuracy.high])
    _note_result(ending.kept_step, final, watch)


def _look(
    spec: RunSpec,
    tuned: TunedNetwork,
    material: Material,
    held_out: Examples,
    folder: Path,
    score: Callable[[Features], Score],
) -> Look[Score] | None:
    """What looks into the network at a step; None where the spec wants no probes.

    Before the first step only some of the rows are scored, for a confusion to compare with.
    """
    prober = make_prober(spec, tuned, held_out, folder, pattern=material.pattern)
    if prober is None:
        return None
    count = len(material.held_out)
    drawn = np.random.default_rng((_FIRST, spec.seed)).permutation(count)[:_FIRST_ROWS]

    def look(step: int, found: Score | None) -> None:
        if step == 0 and spec.metrics:
            found = score(material.held_out.some(sorted(int(row) for row in drawn)))
        values = {} if found is None else {"count": found.count, **found.values()}
        prober.take(step, scores=values, confusion=None if found is None else found.confusion)

    return look


def read_material(
    spec: RunSpec, tuned: TunedNetwork, training: Examples, held_out: Examples
) -> Material:
    """What a run reads, as tokens. Raises InputError where nothing is left to train on."""
    pattern = None
    tokenizer = tuned.tokenizer
    if spec.by_pattern:
        pattern = read_pattern(
            spec.template,
            spec.verbalizer,
            training.label_names,
            tokenizer,
            paired=spec.kind == "pair",
            causal=tuned.causal,
        )
        both = [
            featurize_pattern(each, pattern, tokenizer, limit=tuned.limit, typed=tuned.typed)
            for each in (training, held_out)
        ]
    else:
        both = [
            featurize(each, tokenizer, limit=tuned.limit, typed=tuned.typed)
            for each in (training, held_out)
        ]
    if not len(both[0]):
        raise InputError(_("The texts make no tokens to train on: choose other data."))
    masked = spec.kind == "masked"
    return Material(
        training=both[0],
        held_out=both[1],
        collator=Collator(
            padding=int(tokenizer.pad_token_id),
            typed=tuned.typed,
            rule=spec.masking if masked else None,
            vocabulary=vocabulary_of(tokenizer) if masked else None,
        ),
        classes=len(training.label_names),
        pattern=pattern,
    )


def _note_start(
    tuned: TunedNetwork,
    training: Examples,
    held_out: Examples,
    material: Material,
    batches: TrainingBatches,
    watch: RunWatch,
) -> None:
    watch.note("trainable", tuned.trainable)
    watch.note("parameters", tuned.parameters)
    watch.note("rows", len(material.training))
    watch.note("validation_rows", len(material.held_out))
    watch.note("steps", batches.steps)
    watch.note("processes", Team.current().size)
    watch.note("steps_per_pass", batches.steps_per_pass)
    watch.note("max_tokens", tuned.limit)
    watch.note("started", time.time())
    watch.note("label_names", list(training.label_names))
    classes = material.classes or len(tuned.tokenizer)
    watch.note("guessing_loss", math.log(max(1, classes)))
    floor = commonest_share(training, held_out)
    if not math.isnan(floor):
        watch.note("majority", floor)


def _note_result(step: int, score: Score, watch: RunWatch) -> None:
    watch.note("result", {"step": step, "count": score.count, **score.values()})
    if score.confusion is not None:
        watch.note("confusion", score.confusion.tolist())


def peak_memory() -> int:
    """The bytes that the run took: on a GPU the most, in main memory those it holds now."""
    if cuda_computes():
        return int(torch.cuda.max_memory_allocated())
    return int(psutil.Process().memory_info().rss)
