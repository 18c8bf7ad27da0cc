"""The distribution of the next token before and after the sampling settings.

The order is transformers' own: repetition penalty, temperature, top-k, top-p, min-p, over the whole
vocabulary. Logits in, probabilities out, in numpy; no network is run and no token has a name here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from core.distribution import FloatArray, top_ids
from core.errors import InputError
from core.generation.settings import SamplingSettings
from core.language import _

Rule = Literal["top_k", "top_p", "min_p", "greedy"]
RULES: Final[tuple[Rule, ...]] = ("top_k", "top_p", "min_p", "greedy")
"""What can cut a token off, in the order in which they act."""

DoubleArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One token: its probability ``before`` and ``after`` the settings, and what cut it off."""

    token_id: int
    before: float
    after: float
    cut_by: Rule | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distribution:
    """The next token's probabilities at three stages, (vocab,) each.

    ``before`` is the softmax of the model's logits; ``scaled`` follows the penalty and the
    temperature (1 where it is 0), and is what the cuts see; ``after`` is what is drawn from.
    ``fallen`` is 0 for tokens kept, else 1 + the place in ``RULES`` of what cut the token off.
    """

    settings: SamplingSettings
    before: FloatArray
    scaled: FloatArray
    after: FloatArray
    fallen: npt.NDArray[np.int8]

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """True for the tokens that can be drawn. (vocab,)"""
        kept: npt.NDArray[np.bool_] = self.fallen == 0
        return kept

    @property
    def kept_count(self) -> int:
        """How many tokens can be drawn."""
        return int(np.count_nonzero(self.fallen == 0))

    @property
    def mass_cut(self) -> float:
        """The share of ``scaled`` that was cut off, 0 to 1."""
        return float(self.scaled[self.fallen != 0].sum(dtype=np.float64))

    @property
    def mass_cut_by(self) -> dict[Rule, float]:
        """The share of ``scaled`` that each rule cut off, of those that cut any."""
        shares = np.bincount(self.fallen, weights=self.scaled, minlength=len(RULES) + 1)[1:]
        counts = np.bincount(self.fallen, minlength=len(RULES) + 1)[1:]
        return {rule: float(shares[n]) for n, rule in enumerate(RULES) if counts[n]}

    @property
    def entropy(self) -> float:
        """−Σ p log p of ``before``, in nats."""
        return _entropy(self.before)

    @property
    def entropy_after(self) -> float:
        """−Σ p log p of ``after``, in nats."""
        return _entropy(self.after)

    @property
    def nbytes(self) -> int:
        """The memory of the arrays held; two stages that are equal may be one."""
        arrays = (self.before, self.scaled, self.after, self.fallen)
        return sum(part.nbytes for part in arrays)

    def rank(self, token_id: int) -> int:
        """Where a token stands by ``before``; 1 is the most probable."""
        return int(np.count_nonzero(self.before > self.before[token_id])) + 1

    def top(self, k: int) -> tuple[Candidate, ...]:
        """The ``k`` tokens that come first after penalty and temperature, cut off or not.

        Those kept stand before those cut off, so that one line divides them.
        """
        return tuple(self.candidate(id_) for id_ in top_ids(self.scaled, min(k, len(self.scaled))))

    def candidate(self, token_id: int) -> Candidate:
        """What became of one token; InputError where the vocabulary has no such one."""
        if not 0 <= token_id < len(self.before):
            raise no_such_token(token_id, len(self.before))
        fallen = int(self.fallen[token_id])
        return Candidate(
            token_id=token_id,
            before=float(self.before[token_id]),
            after=float(self.after[token_id]),
            cut_by=RULES[fallen - 1] if fallen else None,
        )

    def draw(self, share: float) -> int:
        """The token at ``share`` (0 up to 1) of the probability, tokens in order of their ids."""
        ids = np.flatnonzero(self.after)
        sums = np.cumsum(self.after[ids], dtype=np.float64)
        place = int(np.searchsorted(sums, share * sums[-1], side="right"))
        return int(ids[min(place, len(ids) - 1)])


def no_such_token(token_id: int, count: int) -> InputError:
    """What to raise for a token that a vocabulary of ``count`` lacks."""
    return InputError(
        _("The vocabulary has no token number {id}: the largest is {largest}.").format(
            id=token_id, largest=count - 1
        )
    )


def next_token_distribution(
    logits: npt.ArrayLike, settings: SamplingSettings, previous_ids: Sequence[int] = ()
) -> FloatArray:
    """The probabilities from which the next token is drawn. (vocab,)

    ``logits``: (vocab,); ``previous_ids`` are the tokens that the repetition penalty looks at, the
    prompt's among them. Raises what ``filtered_distribution`` raises.
    """
    return filtered_distribution(logits, settings, previous_ids).after


def filtered_distribution(
    logits: npt.ArrayLike, settings: SamplingSettings, previous_ids: Sequence[int] = ()
) -> Distribution:
    """The distribution before and after ``settings``, with what each rule cut off.

    Equal to the logits processors that ``generate`` of transformers makes of the same settings:
    repetition penalty (Keskar et al. 2019, section 4.1), temperature, top-k (Fan et al. 2018),
    top-p (Holtzman et al. 2020) and min-p (Nguyen et al. 2024). At least one token is kept. Raises
    InputError for logits that are no row of numbers or where every token is impossible.
    """
    raw = _checked(logits)
    before = _softmax(raw)
    scores = _penalised(raw, settings.repetition_penalty, previous_ids)
    if not settings.deterministic and settings.temperature != 1:
        scores = (scores - scores.max()) / settings.temperature
    scaled = before if scores is raw else _softmax(scores)
    fallen = np.zeros(len(raw), dtype=np.int8)
    if settings.deterministic:
        fallen[:] = 1 + RULES.index("greedy")
        fallen[int(scores.argmax())] = 0
    else:
        _cut(scores, scaled, settings, fallen)
    cut = bool(fallen.any())
    after = np.where(fallen == 0, scaled, 0.0) if cut else scaled
    if cut:
        after = after / after.sum()
    return Distribution(
        settings=settings,
        before=before.astype(np.float32),
        scaled=scaled.astype(np.float32),
        after=after.astype(np.float32),
        fallen=fallen,
    )


def _cut(
    scores: DoubleArray,
    scaled: DoubleArray,
    settings: SamplingSettings,
    fallen: npt.NDArray[np.int8],
) -> None:
    """Write into ``fallen`` (vocab,) which rule cuts off which token."""
    if 0 < settings.top_k < len(scores):
        least = np.partition(scores, -settings.top_k)[-settings.top_k]
        fallen[scores < least] = 1 + RULES.index("top_k")
    if settings.top_p < 1:
        kept = np.flatnonzero(fallen == 0)
        fallen[kept[~_nucleus(scaled[kept], settings.top_p)]] = 1 + RULES.index("top_p")
    if settings.min_p > 0:
        small = scaled < settings.min_p * scaled.max()
        fallen[small & (fallen == 0)] = 1 + RULES.index("min_p")


def _nucleus(masses: DoubleArray, top_p: float) -> npt.NDArray[np.bool_]:
    """True for the fewest largest ``masses`` whose share reaches ``top_p``, at least one.

    A token stays as long as the share of those before it is below ``top_p``, which is what
    transformers' sum from the other end says; of equal ones those with the smaller ids.
    """
    ordered = np.sort(masses)[::-1]
    before = np.cumsum(ordered) - ordered
    count = max(1, int(np.count_nonzero(before < top_p * masses.sum())))
    least = ordered[count - 1]
    stays: npt.NDArray[np.bool_] = masses > least
    equal = np.flatnonzero(masses == least)
    stays[equal[: count - np.count_nonzero(stays)]] = True
    return stays


def _penalised(raw: DoubleArray, penalty: float, previous_ids: Sequence[int]) -> DoubleArray:
    """Logits of tokens that occurred, divided by the penalty, or times it where negative."""
    if penalty == 1 or len(previous_ids) == 0:
        return raw
    ids = np.unique(np.asarray(previous_ids, dtype=np.int64))
    ids = ids[(ids >= 0) & (ids < len(raw))]
    scores = raw.copy()
    scores[ids] = np.where(raw[ids] < 0, raw[ids] * penalty, raw[ids] / penalty)
    return scores


def _entropy(probabilities: FloatArray) -> float:
    chances = probabilities[probabilities > 0].astype(np.float64)
    return float(-(chances * np.log(chances)).sum())


def _softmax(scores: DoubleArray) -> DoubleArray:
    masses = np.exp(scores - scores.max())
    return masses / masses.sum()  # type: ignore[no-any-return]


def _checked(logits: npt.ArrayLike) -> DoubleArray:
    raw = np.asarray(logits, dtype=np.float64)
    if raw.ndim != 1 or not raw.size:
        raise InputError(
            _("The logits have the shape {shape}: give one row, a number per token.").format(
                shape=raw.shape
            )
        )
    # -inf says that a token is impossible, which is fine as long as one is possible.
    if np.isnan(raw).any() or not np.isfinite(raw.max()):
        raise InputError(
            _("The logits make no distribution: give numbers, or −inf for impossible tokens.")
        )
    return raw
