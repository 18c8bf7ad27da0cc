"""Evaluations as plain values, to be written down and read again.

Log-probabilities keep six decimals, which changes no figure that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from core.prompts.calibration import Calibration
from core.prompts.evaluation import PromptEvaluation
from core.prompts.verbalizer import Verbalizer

_DECIMALS: Final = 6
Plain = dict[str, Any]


def plain_evaluation(evaluation: PromptEvaluation) -> Plain:
    """What ``read_evaluation`` reads; JSON can hold it."""
    calibration = evaluation.calibration
    return {
        "model": evaluation.model,
        "labels": list(evaluation.labels),
        "truths": list(evaluation.truths),
        "word_scores": np.round(evaluation.word_scores, _DECIMALS).tolist(),
        "calibration": None
        if calibration is None
        else {
            "inputs": list(calibration.inputs),
            "probabilities": np.round(calibration.probabilities, _DECIMALS).tolist(),
        },
        "tokens": evaluation.tokens.tolist(),
        "shared": evaluation.shared,
        "seconds": round(evaluation.seconds, 2),
    }


def read_evaluation(values: Mapping[str, Any], verbalizer: Verbalizer) -> PromptEvaluation:
    """The evaluation of ``plain_evaluation``. Raises ValueError or KeyError for anything else."""
    scores = np.array(values["word_scores"], dtype=np.float64).reshape(-1, len(verbalizer.words))
    raw = verbalizer.probabilities(scores)
    known = values["calibration"]
    calibration = None
    if known is not None:
        shares = np.array(known["probabilities"], dtype=np.float64)
        calibration = Calibration(inputs=tuple(known["inputs"]), probabilities=shares)
    if len(values["truths"]) != len(raw) or tuple(values["labels"]) != verbalizer.labels:
        raise ValueError("rows or labels do not fit together")
    return PromptEvaluation(
        model=str(values["model"]),
        labels=verbalizer.labels,
        truths=tuple(map(str, values["truths"])),
        word_scores=scores,
        raw=raw,
        probabilities=raw if calibration is None else calibration.apply(raw),
        calibration=calibration,
        tokens=np.array(values["tokens"], dtype=np.int64),
        shared=int(values["shared"]),
        seconds=float(values["seconds"]),
    )
