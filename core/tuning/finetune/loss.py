"""The loss of every kind of data: mean −log p over what a step has to predict.

The networks are asked for logits only. So neither BERT's loss, which does not know how many
batches a step has, nor GPT-2's, which counts a first token that nothing predicts, comes into it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from core.tuning.masking import IGNORED


def predictions(
    logits: Tensor, labels: Tensor, *, shifted: bool, choices: Sequence[int] = ()
) -> tuple[Tensor, Tensor]:
    """The logits (predicted, classes) and labels (predicted,) of what is predicted.

    ``logits`` are (row, class) or (row, token, vocab), the latter with tokens of an adapter in
    front of the text's; where ``shifted``, a position predicts the token after it. ``choices`` are
    the tokens that labels stand for, where they are not the whole vocabulary.
    """
    if logits.dim() == 3:
        logits = logits[:, logits.shape[1] - labels.shape[1] :]  # (row, token, vocab)
        if shifted:
            logits, labels = logits[:, :-1], labels[:, 1:]
    asked = labels != IGNORED
    logits, labels = logits[asked], labels[asked]  # (predicted, classes), (predicted,)
    if choices:
        logits = logits[:, torch.tensor(choices, device=logits.device)]
    return logits.float(), labels


def mean_loss(logits: Tensor, labels: Tensor, count: Tensor | None = None) -> Tensor:
    """−log p (in nats), summed and divided by ``count``, by default what is predicted here."""
    total = nn.functional.cross_entropy(logits, labels, reduction="sum")
    return total / (max(1, len(labels)) if count is None else count.clamp(min=1))
