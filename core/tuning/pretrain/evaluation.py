"""How good a network is on held-out documents: the same rows at every step.

What is masked in them, and which texts are paired, follows from the seed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from core.tuning.batches import Batch
from core.tuning.masking import IGNORED
from core.tuning.pretrain.batches import Rows
from core.tuning.pretrain.spec import Objective, PretrainSpec

EVALUATION: Final = 900_000
"""Added to the seed, so that nothing is drawn as it is in training."""
LOOK_ROWS: Final = 256
"""Rows that are measured on while a run goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PretrainScore:
    """Mean losses in nats and shares that are right, over ``count`` predicted tokens.

    ``loss`` is the sum of ``losses``; ``shares`` are masked_accuracy and pair_accuracy, or
    accuracy (of the next token) and, for pairs of texts, exact (the whole text is right).
    """

    losses: Mapping[str, float]
    shares: Mapping[str, float]
    count: int
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def loss(self) -> float:
        """What was trained for, on the held-out rows."""
        return sum(self.losses.values())

    @property
    def merit(self) -> float:
        """By what checkpoints are compared, more is better."""
        return -self.loss

    @property
    def perplexity(self) -> float:
        """e to the loss of a predicted token; infinite where that is beyond a float."""
        loss = next(iter(self.losses.values()))
        return math.exp(loss) if loss < 700 else math.inf

    def values(self) -> Mapping[str, float]:
        """The figures for a curve, by name."""
        return {"validation_loss": self.loss, "perplexity": self.perplexity, **self.shares}


def evaluate(
    network: PreTrainedModel, spec: PretrainSpec, rows: Rows, *, count: int = LOOK_ROWS
) -> PretrainScore:
    """Score ``network`` on about ``count`` rows; it is left in the mode it was in.

    Rows come in whole batches, and none twice while there are others.
    """
    wanted = count if rows.available is None else min(count, rows.available)
    training = network.training
    device = next(network.parameters()).device
    sums: Counter[str] = Counter()
    network.eval()
    try:
        with torch.no_grad():
            for number in range(max(1, wanted // spec.batch)):
                batch = {name: part.to(device) for name, part in rows.batch(number).items()}
                sums.update(_measure(network, spec.objective, batch))
    finally:
        network.train(training)
    return _score(spec.objective, sums)


def _measure(network: nn.Module, objective: Objective, batch: Batch) -> Mapping[str, float]:
    """Sums over the rows of a batch: losses, hits, and what there was to hit."""
    found = network(**batch)
    if objective == "masked":
        sums = _hits(found["logits"], batch["labels"], "token")
        return sums | _hits(found["next_sentence"], batch["next_sentence_label"], "pair")
    logits, labels = found["logits"], batch["labels"]
    if objective == "causal":
        logits, labels = logits[:, :-1], labels[:, 1:]
    asked = labels != IGNORED  # (row, token)
    sums = _hits(logits[asked], labels[asked], "token")
    if objective == "seq2seq":
        whole = ((logits.argmax(-1) == labels) | ~asked).all(dim=1)  # (row,)
        sums |= {"whole hits": float(whole.sum()), "whole count": float(len(whole))}
    return sums


def _hits(logits: Tensor, labels: Tensor, name: str) -> dict[str, float]:
    loss = nn.functional.cross_entropy(logits.float(), labels, reduction="sum")
    hits = (logits.argmax(-1) == labels).sum()
    count = float(len(labels))
    return {f"{name} loss": float(loss), f"{name} hits": float(hits), f"{name} count": count}


def _score(objective: Objective, sums: Mapping[str, float]) -> PretrainScore:
    tokens = sums["token count"]
    loss, share = sums["token loss"] / tokens, sums["token hits"] / tokens
    if objective == "masked":
        pairs = sums["pair count"]
        return PretrainScore(
            losses={"masked": loss, "pair": sums["pair loss"] / pairs},
            shares={"masked_accuracy": share, "pair_accuracy": sums["pair hits"] / pairs},
            count=int(tokens),
            counts={"masked_accuracy": int(tokens), "pair_accuracy": int(pairs)},
        )
    shares, counts = {"accuracy": share}, {"accuracy": int(tokens)}
    if objective == "seq2seq":
        shares["exact"] = sums["whole hits"] / sums["whole count"]
        counts["exact"] = int(sums["whole count"])
    return PretrainScore(losses={"token": loss}, shares=shares, count=int(tokens), counts=counts)
