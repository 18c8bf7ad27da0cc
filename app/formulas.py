"""How numbers and sums are written in a formula.

What they are numbers of, the caller knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

TERMS: Final = 8
"""How many terms of a sum are written out."""


def number(value: float, decimals: int = 3) -> str:
    """A number as it is written: with a real minus, none before nothing."""
    shown = f"{value:.{decimals}f}"
    return shown.lstrip("-") if float(shown) == 0 else shown.replace("-", "−")


def share(value: float) -> str:
    """A probability as it is written: one too small for three decimals is not called nothing."""
    return f"{value:.3f}" if value >= 0.0005 else "< 0.001"


def term(value: float) -> str:
    """A number inside a sum: in brackets where it is negative."""
    shown = number(value)
    return f"({shown})" if shown.startswith("−") else shown


def sum_of(terms: Sequence[str], sign: str = " + ") -> str:
    """The terms of a sum; of many the first ones."""
    return sign.join([*terms[:TERMS], "…"] if len(terms) > TERMS else terms)


def written_sum(asked: str, numbers: Sequence[str], total: str) -> str:
    """What is summed, its numbers, and the sum; of one number the sum alone."""
    added = f"{sum_of(numbers)} = " if len(numbers) > 1 else ""
    return f"{asked} = {added}**{total}**"
