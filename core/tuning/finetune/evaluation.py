"""How good a network is on rows it does not learn from, as figures with their counts.

The same rows and the same masked words at every step, so that the figures can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from core.length_batches import length_batches
from core.tuning.finetune.batches import Collator
from core.tuning.finetune.features import Features
from core.tuning.finetune.loss import predictions
from core.tuning.masking import IGNORED
from core.tuning.outcome.predictions import Counts, Predictions
from core.tuning.team import Team

_EVALUATION: Final = 900_000  # apart from every seed of training


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Mean −log p in nats and the share of first choices that were right, of ``count``.

    ``confusion`` (label, prediction) counts predictions, None where tokens are predicted.
    """

    loss: float
    accuracy: float
    count: int
    confusion: Counts | None = None

    @property
    def perplexity(self) -> float:
        """e to the loss; infinite where that is beyond a float."""
        return math.exp(self.loss) if self.loss < 700 else math.inf

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the labels that occur or were predicted; NaN without a confusion."""
        return math.nan if self.confusion is None else macro_f1(self.confusion)

    @property
    def merit(self) -> float:
        """By what checkpoints are compared, more is better: accuracy of classes, else −loss."""
        return -self.loss if self.confusion is None else self.accuracy

    def values(self) -> Mapping[str, float]:
        """The figures for a curve, by name."""
        found = {"validation_loss": self.loss, "accuracy": self.accuracy}
        if self.confusion is None:
            return found | {"perplexity": self.perplexity}
        return found | {"macro_f1": self.macro_f1}


def macro_f1(confusion: Counts) -> float:
    """The mean over labels of 2 TP / (2 TP + FP + FN), of those that occur or were predicted."""
    hits = np.diag(confusion)
    both = confusion.sum(axis=0) + confusion.sum(axis=1)  # (label,)
    return float((2 * hits[both > 0] / both[both > 0]).mean()) if both.any() else math.nan


def evaluate(
    network: nn.Module,
    features: Features,
    collator: Collator,
    *,
    classes: int = 0,
    choices: Sequence[int] = (),
    seed: int = 0,
    team: Team | None = None,
) -> Score:
    """Score ``network`` on all rows; ``classes`` labels where it classifies, 0 where not.

    The processes of a ``team`` share the rows and all get the score of the whole. The network is
    left in the mode it was in.
    """
    tally = _Tally(classes)
    for _rows, logits, labels, _asked in _scored(
        network, features, collator, choices=choices, seed=seed, team=team or Team()
    ):
        tally.add(logits, labels)
    if team and team.size > 1:
        tally.add_up(team)
    return tally.score()


def evaluate_each(
    network: nn.Module,
    features: Features,
    collator: Collator,
    *,
    classes: int = 0,
    choices: Sequence[int] = (),
    seed: int = 0,
) -> tuple[Score, Predictions]:
    """What ``evaluate`` gives, and every single prediction that it counts."""
    tally = _Tally(classes)
    parts: list[tuple[npt.NDArray[np.generic], ...]] = []
    for rows, logits, labels, asked in _scored(
        network, features, collator, choices=choices, seed=seed, team=Team()
    ):
        tally.add(logits, labels)
        shares = torch.log_softmax(logits, dim=-1)  # (predicted, classes)
        best, first = shares.max(dim=-1)
        own = shares.gather(1, labels[:, None])[:, 0]
        numbers = _numbers(asked)  # (predicted, 1 or 2)
        places = numbers[:, 1] + features.shifted if features.by_token else 0 * numbers[:, 0]
        losses, found = (part.float().cpu().numpy() for part in (-own, best.exp()))
        parts.append(
            (rows[numbers[:, 0]], places, _numbers(labels), _numbers(first), losses, found)
        )
    names = ("rows", "places", "labels", "first", "losses", "shares")
    kinds = (np.int64,) * 4 + (np.float32,) * 2
    columns = {
        name: np.concatenate([part[place] for part in parts] or [np.zeros(0)]).astype(kind)
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    }
    return tally.score(), Predictions(**columns)


class _Tally:
    """Sums over batches."""

    def __init__(self, classes: int) -> None:
        self._classes = classes
        self._confusion = np.zeros((classes, classes), dtype=np.int64)
        self._total, self._right, self._count = 0.0, 0, 0

    def add(self, logits: Tensor, labels: Tensor) -> None:
        """Count a batch: logits (predicted, classes) and labels (predicted,)."""
        first = logits.argmax(-1)  # (predicted,)
        self._total += float(nn.functional.cross_entropy(logits, labels, reduction="sum"))
        self._right += int((first == labels).sum())
        self._count += len(labels)
        if self._classes:
            np.add.at(self._confusion, (_numbers(labels), _numbers(first)), 1)

    def add_up(self, team: Team) -> None:
        """Add what the other processes of ``team`` counted."""
        sums = team.total(
            np.array(
                [self._total, self._right, self._count, *self._confusion.flat], dtype=np.float64
            )
        )
        self._total, self._right, self._count = float(sums[0]), int(sums[1]), int(sums[2])
        self._confusion = sums[3:].astype(np.int64).reshape(self._confusion.shape)

    def score(self) -> Score:
        """The means."""
        count = self._count
        return Score(
            loss=self._total / count if count else math.nan,
            accuracy=self._right / count if count else math.nan,
            count=count,
            confusion=self._confusion if self._classes else None,
        )


def _scored(
    network: nn.Module,
    features: Features,
    collator: Collator,
    *,
    choices: Sequence[int],
    seed: int,
    team: Team,
) -> Iterator[tuple[Counts, Tensor, Tensor, Tensor]]:
    """Of each batch: its rows, logits, labels, and where in the batch each prediction belongs."""
    training = network.training
    device = next(network.parameters()).device
    network.eval()
    try:
        with torch.no_grad():
            batches = tuple(length_batches(features.lengths, device))
            for rows in batches[team.number :: team.size]:
                seeds = (_EVALUATION, seed, int(rows[0]))
                batch = collator.batch(features, rows, seed=seeds)
                batch = {name: tensor.to(device) for name, tensor in batch.items()}
                labels = batch.pop("labels")
                places = labels[:, 1:] if features.shifted else labels
                logits, asked = predictions(
                    network(**batch).logits, labels, shifted=features.shifted, choices=choices
                )
                yield rows, logits, asked, (places != IGNORED).nonzero()
    finally:
        network.train(training)


def _numbers(tensor: Tensor) -> npt.NDArray[np.int64]:
    found: npt.NDArray[np.int64] = tensor.cpu().numpy()
    return found
