"""The loss of masked language modelling, as it is defined, on one masked text.

L_MLM = −Σ log P(xᵢ | X∖M) over the chosen tokens M (Devlin et al. 2019, section 3.1), of which
frameworks report the mean. What was chosen is decided in ``core.masked.scheme``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.distribution import FloatArray, log_probabilities
from core.errors import InputError
from core.language import _
from core.masked.masks import needs_masked, with_ids
from core.masked.scheme import MaskedExample

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskedLoss:
    """The loss in nats: its mean ``loss``, and −log P of the original token at each position.

    ``positions`` and ``per_token``: (chosen,), from left to right. ``accuracy`` is the share of
    chosen tokens whose original is the most probable one, and ``right`` says which.
    """

    loss: float
    accuracy: float
    positions: tuple[int, ...]
    per_token: FloatArray  # (chosen,)
    right: tuple[bool, ...]

    @property
    def total(self) -> float:
        """The sum over the chosen tokens, as the formula has it."""
        return float(self.per_token.sum())


def masked_loss(model: LanguageModel, example: MaskedExample) -> MaskedLoss:
    """The loss of ``model`` on ``example``; equal to BertForMaskedLM(labels=...).

    Raises InputError where nothing was chosen, since a mean of nothing is no number.
    """
    needs_masked(model)
    positions = example.positions
    if not positions:
        raise InputError(
            _("None of the {count} tokens was chosen: draw again or raise the rate.").format(
                count=len(example.kinds)
            )
        )
    ids = dict(enumerate(example.input_ids.tolist()))
    scores = log_probabilities(model, with_ids(model, example.tokens, ids), positions)
    originals = example.labels[list(positions)]
    losses: FloatArray = -scores[np.arange(len(positions)), originals]
    right = scores.argmax(axis=1) == originals
    return MaskedLoss(
        loss=float(losses.mean()),
        accuracy=float(right.mean()),
        positions=positions,
        per_token=losses,
        right=tuple(right.tolist()),
    )
