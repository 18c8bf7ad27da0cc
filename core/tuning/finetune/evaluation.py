"""How good a network is on rows it does not learn from, as figures with their counts.

The same rows and the same masked words at every step, so that the figures can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from core.tuning.finetune.batches import Collator
from core.tuning.finetune.features import Features
from core.tuning.finetune.loss import predictions

Counts = npt.NDArray[np.int64]
_TOKENS: Final = 8192  # of a batch, with padding
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
) -> Score:
    """Score ``network`` on all rows; ``classes`` labels where it classifies, 0 where not.

    The network is left in the mode it was in.
    """
    training = network.training
    device = next(network.parameters()).device
    confusion = np.zeros((classes, classes), dtype=np.int64)
    total, right, count = 0.0, 0, 0
    network.eval()
    try:
        with torch.no_grad():
            for rows in _batches(features):
                seeds = (_EVALUATION, seed, int(rows[0]))
                batch = collator.batch(features, rows, seed=seeds)
                batch = {name: tensor.to(device) for name, tensor in batch.items()}
                labels = batch.pop("labels")
                logits, labels = predictions(
                    network(**batch).logits, labels, shifted=features.shifted, choices=choices
                )
                first = logits.argmax(-1)  # (predicted,)
                total += float(nn.functional.cross_entropy(logits, labels, reduction="sum"))
                right += int((first == labels).sum())
                count += len(labels)
                if classes:
                    np.add.at(confusion, (_numbers(labels), _numbers(first)), 1)
    finally:
        network.train(training)
    return Score(
        loss=total / count if count else math.nan,
        accuracy=right / count if count else math.nan,
        count=count,
        confusion=confusion if classes else None,
    )


def _batches(features: Features) -> list[npt.NDArray[np.int64]]:
    """All rows, those of like length together, so many at a time as a batch has tokens for."""
    order = np.argsort(features.lengths, kind="stable")
    found: list[npt.NDArray[np.int64]] = []
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and (end + 1 - start) * features.lengths[order[end]] <= _TOKENS:
            end += 1
        found.append(order[start:end])
        start = end
    return found


def _numbers(tensor: Tensor) -> npt.NDArray[np.int64]:
    found: npt.NDArray[np.int64] = tensor.cpu().numpy()
    return found
