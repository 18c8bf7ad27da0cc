"""How probable a whole sentence is to a masked model: each token masked in turn.

PLL(W) = Σ log P(w_t | W∖t), Salazar et al. 2020, "Masked Language Model Scoring", equation 1: the
masked counterpart of a log-likelihood, though no probability of the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from core.distribution import FloatArray
from core.errors import InputError
from core.jobs import Progress, Stop
from core.language import _
from core.masked.masks import masked_tokens
from core.masked.variants import changed_inputs, rows_at_once
from core.prediction import logits_at
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PseudoLikelihood:
    """The sum ``total`` and log P of each token when it alone is masked, in nats.

    ``per_token`` and ``positions``: (scored,), every token of ``tokens`` but special ones; masks
    that stand in the text are not scored and stay. NaN where the computation was stopped before.
    """

    tokens: Tokens
    positions: tuple[int, ...]
    per_token: FloatArray  # (scored,)

    @property
    def total(self) -> float:
        """The sum over all scored tokens."""
        return float(self.per_token.astype(np.float64).sum())

    @property
    def pseudo_perplexity(self) -> float:
        """exp(−total / scored): one sentence's, equation 3 of the paper."""
        return float(np.exp(-self.total / len(self.positions)))

    @property
    def complete(self) -> bool:
        """Whether every token was scored."""
        return not bool(np.isnan(self.per_token).any())


def pseudo_log_likelihood(
    model: LanguageModel,
    text: str | Tokens,
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> PseudoLikelihood:
    """The pseudo-log-likelihood of ``text``, token by token.

    One row per token with that token masked, several rows at a time, the head at the mask only.
    Raises InputError for a text of special tokens only, UnsupportedError for a model that is not
    masked.
    """
    tokens = masked_tokens(model, text)
    positions = [place for place, special in enumerate(tokens.special) if not special]
    if not positions:
        raise InputError(_("The text has no word that can be masked: add one."))
    found = np.full(len(positions), np.nan, dtype=np.float32)
    at_once = rows_at_once(model, len(tokens))
    for start in range(0, len(positions), at_once):
        if stop is not None and stop():
            break
        some = positions[start : start + at_once]
        found[start : start + len(some)] = _scores(model, tokens, some)
        if progress is not None:
            progress(start + len(some), len(positions))
    return PseudoLikelihood(tokens=tokens, positions=tuple(positions), per_token=found)


def _scores(model: LanguageModel, tokens: Tokens, positions: list[int]) -> FloatArray:
    """log P of the token at each of ``positions``, masked there alone. (position,)"""
    mask = int(model.tokenizer.mask_token_id)
    inputs = changed_inputs(model, tokens, [{position: mask} for position in positions])
    places = torch.tensor(positions)[:, None]  # (row, 1)
    logits = logits_at(model.network, inputs, places)[:, 0].float()  # (row, vocab)
    ids = torch.tensor([tokens.ids[position] for position in positions], device=logits.device)
    chosen = logits.gather(1, ids[:, None])[:, 0] - torch.logsumexp(logits, dim=-1)
    scores: FloatArray = chosen.cpu().numpy()
    return scores
