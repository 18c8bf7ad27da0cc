"""Two or more prompts over the same rows: what one fixes and breaks, and what of it is noise.

McNemar's test, exact: of the rows that only one of two gets right, half would be on each side if
neither were better (McNemar 1947). Many pairs are corrected after Holm (1979).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.language import _
from core.prompts.evaluation import PromptEvaluation
from core.tuning.outcome.intervals import bootstrap

SIGNIFICANT: Final = 0.05

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """What changes from a first prompt to a second.

    ``fixed`` and ``broken`` are places of rows that only the second, or only the first, gets right;
    ``changed`` those with another prediction. ``difference`` is accuracy of the second less that of
    the first, ``low`` to ``high`` its 95 % interval (bootstrap over rows); ``p`` is McNemar's.
    """

    rows: int
    fixed: tuple[int, ...]
    broken: tuple[int, ...]
    changed: tuple[int, ...]
    difference: float
    low: float
    high: float
    p: float

    @property
    def noise(self) -> bool:
        """Whether chance alone would often bring as large a difference."""
        return self.p >= SIGNIFICANT


def compare_evaluations(first: PromptEvaluation, second: PromptEvaluation) -> Flips:
    """What the second does otherwise. Raises InputError for evaluations of other rows."""
    _check(first, second)
    known = first.expected >= 0
    one, other = first.correct & known, second.correct & known
    fixed, broken = np.flatnonzero(other & ~one), np.flatnonzero(one & ~other)
    steps = (other.astype(np.float64) - one.astype(np.float64))[known]
    low, high = bootstrap(np.stack([steps, np.ones(len(steps))], axis=1), _ratio)
    predicted = np.array(first.predictions) != np.array(second.predictions)
    return Flips(
        rows=int(known.sum()),
        fixed=tuple(int(row) for row in fixed),
        broken=tuple(int(row) for row in broken),
        changed=tuple(int(row) for row in np.flatnonzero(predicted)),
        difference=float(steps.mean()) if len(steps) else math.nan,
        low=low,
        high=high,
        p=mcnemar(len(broken), len(fixed)),
    )


def mcnemar(broken: int, fixed: int) -> float:
    """The exact two-sided p: how often a fair coin falls so unevenly in ``broken + fixed`` throws.

    1 where no row changed.
    """
    throws, fewer = broken + fixed, min(broken, fixed)
    if not throws:
        return 1.0
    logs = [
        math.lgamma(throws + 1) - math.lgamma(k + 1) - math.lgamma(throws - k + 1)
        for k in range(fewer + 1)
    ]
    tail = sum(math.exp(each - throws * math.log(2)) for each in logs)
    return min(1.0, 2 * tail)


def holm(values: Sequence[float]) -> tuple[float, ...]:
    """p values of several tests, each as large as it must be held for among so many."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    found = [0.0] * len(values)
    largest = 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, values[place] * (len(values) - rank)))
        found[place] = largest
    return tuple(found)


def significance(evaluations: Sequence[PromptEvaluation]) -> Values:
    """p of every pair over the same rows, corrected for their number. (evaluation, evaluation)

    1 on the diagonal. Raises InputError for evaluations of other rows.
    """
    count = len(evaluations)
    pairs = [(one, other) for one in range(count) for other in range(one + 1, count)]
    values = []
    for one, other in pairs:
        _check(evaluations[one], evaluations[other])
        known = evaluations[one].expected >= 0
        first, second = evaluations[one].correct & known, evaluations[other].correct & known
        values.append(mcnemar(int((first & ~second).sum()), int((second & ~first).sum())))
    found = np.ones((count, count))
    for (one, other), value in zip(pairs, holm(values), strict=True):
        found[one, other] = found[other, one] = value
    return found


def _check(first: PromptEvaluation, second: PromptEvaluation) -> None:
    if first.truths != second.truths:
        raise InputError(_("These prompts were put to other rows: run both over the same ones."))


def _ratio(sums: Values) -> Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Values = sums[:, 0] / sums[:, 1]
    return found
