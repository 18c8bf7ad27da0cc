"""How much a figure depends on what should not matter: words, order of demonstrations, seed.

Each variation is a prompt of its own over the same rows. What they give is only a range: nobody may
choose the best of it on the rows that it is then measured on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final, Literal

import numpy as np

from core.prompts.template import Row
from core.prompts.verbalizer import Verbalizer

Dimension = Literal["words", "order", "seed"]
MOST: Final = 24
_SEEDS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The accuracies of some variations, by name."""

    names: tuple[str, ...]
    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Their mean."""
        return float(np.mean(self.values))

    @property
    def deviation(self) -> float:
        """Their standard deviation, dividing by one less than their number; 0 of a single one."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else 0.0

    @property
    def lowest(self) -> float:
        """The worst."""
        return min(self.values)

    @property
    def highest(self) -> float:
        """The best."""
        return max(self.values)


def one_word_each(verbalizer: Verbalizer, *, most: int = MOST) -> tuple[Verbalizer, ...]:
    """Verbalizers with one of the words of each label, every choice in turn."""
    choices = product(*verbalizer.mapping.values())
    return tuple(
        Verbalizer(dict(zip(verbalizer.labels, words, strict=True)))
        for words in islice(choices, most)
    )


def orders(
    demonstrations: Sequence[Row], count: int, *, seed: int = 0
) -> tuple[tuple[Row, ...], ...]:
    """The demonstrations as they are, and ``count`` − 1 other orders, drawn with ``seed``."""
    own = tuple(range(len(demonstrations)))
    found: dict[tuple[int, ...], None] = {own: None}
    drawn = np.random.default_rng(seed)
    for _try in range(20 * count):
        if len(found) >= count:
            break
        found[tuple(int(place) for place in drawn.permutation(len(own)))] = None
    return tuple(tuple(demonstrations[place] for place in order) for order in found)


def seeds(seed: int, count: int = _SEEDS) -> tuple[int, ...]:
    """``count`` seeds, the first of them ``seed``."""
    return tuple(range(seed, seed + count))
