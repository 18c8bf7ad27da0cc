"""What came of a fine-tuning run, from every single prediction on its held-out rows."""

from __future__ import annotations

import numpy as np
from transformers import PreTrainedTokenizerFast

from core.tuning.finetune.evaluation import Score
from core.tuning.finetune.features import Features
from core.tuning.finetune.spec import RunSpec
from core.tuning.labelled.examples import Examples
from core.tuning.labelled.floor import commonest_share
from core.tuning.outcome import Outcome, Predictions
from core.tuning.outcome.figures import label_figures, measure
from core.tuning.outcome.mistakes import worst_mistakes


def make_outcome(
    spec: RunSpec,
    step: int,
    score: Score,
    found: Predictions,
    training: Examples,
    held_out: Examples,
    features: Features,
    tokenizer: PreTrainedTokenizerFast,
) -> Outcome:
    """The outcome of the weights of ``step``; ``features`` are the tokens of ``held_out``."""
    names = held_out.label_names
    tagged = spec.kind == "tagging"
    known = score.confusion is not None
    return Outcome(
        kind=spec.kind,
        step=step,
        rows=len(np.unique(found.rows)),
        count=len(found),
        measures=measure(found, names if known else (), tagged=tagged, seed=spec.seed),
        labels=() if score.confusion is None else label_figures(score.confusion, names),
        confusion=()
        if score.confusion is None
        else tuple(tuple(int(count) for count in row) for row in score.confusion),
        majority=commonest_share(training, held_out),
        mistakes=worst_mistakes(found, features, held_out, tokenizer),
    )
