"""How far a figure measured on some rows may be from that of all rows there could be.

95 % intervals: Wilson's for a share of independent predictions, the bootstrap for everything else.
What lies within an interval is noise.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

Sums = npt.NDArray[np.float64]
_NORMAL: Final = 1.959964  # standard deviations on both sides that hold 95 %
_DRAWS: Final = 1000
_FEWER_DRAWS: Final = 200
_MANY_ROWS: Final = 20_000
_CELLS: Final = 2_000_000  # random numbers at a time
_TAILS: Final = (2.5, 97.5)


def wilson(right: int, count: int) -> tuple[float, float]:
    """Wilson's interval for the share ``right`` of ``count`` (Wilson 1927, equation 3).

    Unlike p ± z σ it stays within 0 and 1 and holds for few rows and for shares near the ends.
    """
    if not count:
        return math.nan, math.nan
    share, square = right / count, _NORMAL**2
    middle = share + square / (2 * count)
    half = _NORMAL * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    low, high = ((middle + sign * half) / (1 + square / count) for sign in (-1, 1))
    return max(0.0, low), min(1.0, high)


def bootstrap(
    rows: Sums, statistic: Callable[[Sums], Sums], *, seed: int = 0
) -> tuple[float, float]:
    """The percentile interval of ``statistic`` (Efron 1979) over rows drawn with replacement.

    ``rows`` holds what each row adds to the sums, (row, sum); ``statistic`` makes figures of sums
    (draw, sum). Where it is off on draws (of a rare label none may be drawn), the interval is
    shifted by as much as their mean is off. The same seed gives the same interval.
    """
    count = len(rows)
    if not count:
        return math.nan, math.nan
    drawn = np.random.default_rng(seed)
    draws = _DRAWS if count <= _MANY_ROWS else _FEWER_DRAWS
    together = max(1, _CELLS // count)
    found: list[Sums] = []
    for start in range(0, draws, together):
        some = min(together, draws - start)
        picked = drawn.integers(count, size=(some, count))  # (draw, row)
        times = np.stack([np.bincount(row, minlength=count) for row in picked])  # (draw, row)
        found.append(statistic(times @ rows))
    values = np.concatenate(found)
    if not np.isfinite(values).any():
        return math.nan, math.nan
    low, high = np.nanpercentile(values, _TAILS)
    off = float(np.nanmean(values)) - float(statistic(rows.sum(axis=0)[None])[0])
    return float(low) - off, float(high) - off
