"""BERT's masking rule on rows of token numbers (Devlin et al. 2019, section 3.1).

Each eligible position is chosen independently with probability ``rate``, so the count varies from
row to row around it. Of the chosen, ``mask`` become [MASK], ``random`` become a token drawn evenly
from the ordinary vocabulary, and the rest stay as they are. Special tokens are never chosen. What
a chosen position is trained for is known here; the network is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.language import _

IGNORED: Final = -100
"""The label of a position that is not chosen, as in transformers."""

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskingRule:
    """How much is chosen, and what becomes of it; ``mask`` and ``random`` are shares of the chosen.

    Raises InputError for shares that are none.
    """

    rate: float = 0.15
    mask: float = 0.8
    random: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.rate <= 1:
            raise InputError(
                _(
                    "A masking rate of {rate} is not possible: choose more than 0 and up to 1."
                ).format(rate=self.rate)
            )
        if min(self.mask, self.random) < 0 or self.mask + self.random > 1 + 1e-9:
            raise InputError(
                _(
                    "{mask} masked and {random} replaced are more than all that is chosen: "
                    "together they may be 1 at most."
                ).format(mask=self.mask, random=self.random)
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedRows:
    """Rows after masking. Both (row, token); ``labels`` are −100 where nothing was chosen."""

    input_ids: Ids
    labels: Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What the rule must know of a tokenizer: its mask, and the tokens it draws from."""

    mask_id: int
    special_ids: frozenset[int]
    ordinary_ids: Ids
    """The tokens a random replacement is drawn from: all but special and unused ones."""


def mask_rows(
    input_ids: Ids, *, rule: MaskingRule, vocabulary: Vocabulary, seed: int | tuple[int, ...]
) -> MaskedRows:
    """Mask ``input_ids`` (row, token) by ``rule``; the same seed chooses the same positions.

    At least one position of the rows is chosen where any may be, so that a loss exists.
    """
    drawn = np.random.default_rng(seed)
    eligible = ~np.isin(input_ids, list(vocabulary.special_ids))  # (row, token)
    priority = drawn.random(input_ids.shape)  # (row, token)
    fate = drawn.random(input_ids.shape)  # (row, token)
    replacements = drawn.choice(vocabulary.ordinary_ids, input_ids.shape)  # (row, token)
    chosen = eligible & (priority < rule.rate)
    if not chosen.any() and eligible.any():
        chosen.flat[np.argmin(np.where(eligible, priority, np.inf))] = True
    masked = np.where(chosen & (fate < rule.mask), vocabulary.mask_id, input_ids)
    replaced = chosen & (fate >= rule.mask) & (fate < rule.mask + rule.random)
    return MaskedRows(
        input_ids=np.where(replaced, replacements, masked).astype(np.int64),
        labels=np.where(chosen, input_ids, IGNORED).astype(np.int64),
    )
