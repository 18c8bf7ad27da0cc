"""What follows from an evaluation: figures with intervals, calibration, mistakes, margins.

Intervals and macro-F1 are those of ``core.tuning.outcome``: what holds for runs holds for prompts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.language import _
from core.prompts.evaluation import PromptEvaluation
from core.tuning.outcome import LabelFigures, Measure, Mistake, Predictions
from core.tuning.outcome.figures import label_figures, measure

BINS: Final = 10
_LEAST: Final = 1e-12

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFigures:
    """The figures of the rows with a label; ``majority`` is always saying the commonest label."""

    rows: int
    measures: tuple[Measure, ...]
    labels: tuple[LabelFigures, ...]
    majority: float

    def measure(self, name: str) -> Measure:
        """The figure of this name."""
        return next(each for each in self.measures if each.name == name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reliability:
    """How often predictions are right by how sure they were, in bins of equal width.

    ``ece`` is Σ (count / all) · |accuracy − confidence| (Guo et al. 2017, equation 3); both are NaN
    in a bin without rows.
    """

    edges: Values  # (bin + 1,)
    counts: npt.NDArray[np.int64]  # (bin,)
    confidence: Values  # (bin,)
    accuracy: Values  # (bin,)
    ece: float


def figures(evaluation: PromptEvaluation, *, seed: int = 0) -> PromptFigures:
    """Accuracy, macro-F1 and loss with their 95 % intervals, and each label by itself.

    Raises InputError where no row has a label.
    """
    found = _predictions(evaluation)
    commonest = Counter(evaluation.expected[evaluation.expected >= 0].tolist()).most_common(1)
    return PromptFigures(
        rows=len(found),
        measures=measure(found, evaluation.labels, tagged=False, seed=seed),
        labels=label_figures(evaluation.confusion, evaluation.labels),
        majority=commonest[0][1] / len(found),
    )


def reliability(evaluation: PromptEvaluation, *, bins: int = BINS) -> Reliability:
    """How far the probabilities may be believed. Raises InputError where no row has a label."""
    _check(evaluation)
    known = evaluation.expected >= 0
    sure = evaluation.probabilities[known].max(axis=1)  # (row,)
    right = evaluation.correct[known].astype(np.float64)
    edges = np.linspace(0.0, 1.0, bins + 1)
    place = np.clip(np.ceil(sure * bins).astype(np.int64) - 1, 0, bins - 1)  # (a, b], as the paper
    counts = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(place, weights=sure, minlength=bins) / counts
        accuracy = np.bincount(place, weights=right, minlength=bins) / counts
    gaps = np.nan_to_num(np.abs(accuracy - confidence))
    return Reliability(
        edges=edges,
        counts=counts,
        confidence=confidence,
        accuracy=accuracy,
        ece=float((counts / counts.sum() * gaps).sum()),
    )


def worst_mistakes(
    evaluation: PromptEvaluation, texts: Sequence[str], numbers: Sequence[int], *, most: int = 100
) -> tuple[Mistake, ...]:
    """The rows that are wrong, those first whose right label was held for least likely.

    ``texts`` and ``numbers`` are what is shown of each row of the evaluation.
    """
    wrong = np.flatnonzero((evaluation.expected >= 0) & ~evaluation.correct)
    losses = -np.log(np.maximum(_share_of_right(evaluation)[wrong], _LEAST))
    order = np.lexsort((wrong, -losses))[:most]
    return tuple(_mistake(evaluation, int(row), texts, numbers) for row in wrong[order])


def narrow_margins(
    evaluation: PromptEvaluation, texts: Sequence[str], numbers: Sequence[int], *, most: int = 100
) -> tuple[tuple[float, Mistake], ...]:
    """The rows whose two most probable labels are closest, with that margin; right or wrong."""
    ordered = np.sort(evaluation.probabilities, axis=1)
    margins = ordered[:, -1] - ordered[:, -2]  # (row,)
    order = np.argsort(margins, kind="stable")[:most]
    return tuple(
        (float(margins[row]), _mistake(evaluation, int(row), texts, numbers)) for row in order
    )


def _mistake(
    evaluation: PromptEvaluation, row: int, texts: Sequence[str], numbers: Sequence[int]
) -> Mistake:
    """One row as it is told; where its label is not known, that is empty."""
    expected = int(evaluation.expected[row])
    predicted = int(evaluation.predicted[row])
    shares = evaluation.probabilities[row]
    right = float(shares[expected]) if expected >= 0 else float("nan")
    return Mistake(
        row=numbers[row],
        text=texts[row],
        expected=evaluation.labels[expected] if expected >= 0 else "",
        probability=right,
        predicted=evaluation.labels[predicted],
        predicted_probability=float(shares[predicted]),
        loss=float(-np.log(max(right, _LEAST))) if expected >= 0 else float("nan"),
    )


def _share_of_right(evaluation: PromptEvaluation) -> Values:
    """The probability of what is right, of each row with a label. (row,)"""
    places = np.maximum(evaluation.expected, 0)
    found: Values = evaluation.probabilities[np.arange(len(evaluation)), places]
    return found


def _predictions(evaluation: PromptEvaluation) -> Predictions:
    _check(evaluation)
    known = np.flatnonzero(evaluation.expected >= 0)
    shares = _share_of_right(evaluation)[known]
    return Predictions(
        rows=known,
        places=np.zeros(len(known), dtype=np.int64),
        labels=evaluation.expected[known],
        first=evaluation.predicted[known],
        losses=-np.log(np.maximum(shares, _LEAST)).astype(np.float32),
        shares=evaluation.probabilities[known].max(axis=1).astype(np.float32),
    )


def _check(evaluation: PromptEvaluation) -> None:
    if not evaluation.labelled:
        raise InputError(
            _("No row has a label, so nothing can be counted right: choose the column of labels.")
        )
