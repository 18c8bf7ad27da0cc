"""Draws of BERT's masking scheme on the text of the page: one with its loss, and many to count.

How they are shown is not known here; core draws and predicts, and the results are kept for all
sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log
from typing import Final

import numpy as np

from app.facts import of_model
from app.masked.look import Look
from core.distribution import RankedToken, TokenNames, log_probabilities, ranked, top_ids
from core.masked import (
    MaskedExample,
    MaskedLoss,
    MaskingCounts,
    mask_tokens,
    masked_loss,
    masking_counts,
    with_ids,
)
from core.models import LanguageModel
from core.tokens import Tokens

DRAWS: Final = 1000
"""How many draws are counted."""
_MANY_SEED: Final = 0  # the bars move with the rates, and stand still when one is drawn again
_WORTH_A_BAR: Final = 0.5  # draws expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How much is chosen, and what becomes of the chosen: shares from 0 to 1."""

    rate: float
    mask: float
    random: float

    @property
    def kept(self) -> float:
        """The share of the chosen that stays as it is."""
        return max(1 - self.mask - self.random, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Where the original of a chosen token stands, and the word that the model finds likeliest."""

    original: RankedToken
    first: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draw:
    """One draw, the tokens that the model reads then, and a guess for each chosen token.

    ``loss`` is None where nothing was chosen.
    """

    example: MaskedExample
    read: Tokens
    loss: MaskedLoss | None
    guesses: tuple[Guess, ...]


def one_draw(look: Look, rates: Rates, seed: int) -> Draw:
    """The draw ``seed`` of the text as it was typed. Raises what ``mask_tokens`` raises."""
    tokens = look.original()

    def draw(model: LanguageModel) -> Draw:
        example = mask_tokens(
            tokens, rate=rates.rate, mask=rates.mask, random=rates.random, seed=seed, model=model
        )
        read = with_ids(model, tokens, dict(enumerate(example.input_ids.tolist())))
        if not example.positions:
            return Draw(example=example, read=read, loss=None, guesses=())
        loss = masked_loss(model, example)
        return Draw(example=example, read=read, loss=loss, guesses=_guesses(model, example, read))

    return of_model(look.model, ("draw", look.text, rates, seed), draw)


def many_draws(look: Look, rates: Rates) -> MaskingCounts:
    """What ``DRAWS`` draws of the same text choose."""
    tokens = look.original()

    def count(model: LanguageModel) -> MaskingCounts:
        return masking_counts(
            tokens,
            rate=rates.rate,
            mask=rates.mask,
            random=rates.random,
            seed=_MANY_SEED,
            draws=DRAWS,
            model=model,
        )

    return of_model(look.model, ("draws", look.text, rates), count)


def expected_counts(eligible: int, rate: float, draws: int) -> list[float]:
    """How many of ``draws`` draws choose 0, 1, … ``eligible`` tokens, on average.

    The binomial distribution: each token is chosen independently with probability ``rate``.
    """

    def ways(count: int) -> float:
        return lgamma(eligible + 1) - lgamma(count + 1) - lgamma(eligible - count + 1)

    return [
        draws * exp(ways(count) + _power(rate, count) + _power(1 - rate, eligible - count))
        for count in range(eligible + 1)
    ]


def bars(many: MaskingCounts, expected: Sequence[float], chosen: int) -> tuple[int, list[int]]:
    """The first count that has a bar, and how often each from there on was drawn.

    At both ends counts are left out that never occurred and hardly would; ``chosen`` has a bar.
    """
    counts: list[int] = np.bincount(many.chosen, minlength=many.eligible + 1).tolist()
    worth = [
        place
        for place, (count, mean) in enumerate(zip(counts, expected, strict=True))
        if count or mean >= _WORTH_A_BAR or place == chosen
    ]
    return worth[0], counts[worth[0] : worth[-1] + 1]


def typed_specials(tokens: Tokens) -> int:
    """How many special tokens, such as masks, were typed into the text."""
    marks = zip(tokens.special, tokens.segments, strict=True)
    return sum(special and segment is not None for special, segment in marks)


def _guesses(model: LanguageModel, example: MaskedExample, read: Tokens) -> tuple[Guess, ...]:
    names = TokenNames(model)
    scores = log_probabilities(model, read, example.positions)  # (chosen, vocab)
    return tuple(
        Guess(
            original=ranked(row, example.tokens.ids[place], names),
            first=names.text(top_ids(row, 1)[0]),
        )
        for place, row in zip(example.positions, scores, strict=True)
    )


def _power(base: float, exponent: int) -> float:
    """The logarithm of ``base`` to the power of ``exponent``; 0 to the power of 0 is 1."""
    if not exponent:
        return 0.0
    return exponent * log(base) if base else -inf
