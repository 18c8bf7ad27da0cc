"""Taking some of many, seeded and in proportion: for a limit, and for validation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def choose(
    groups: Sequence[str], count: int, *, seed: Sequence[int], least: int = 0, spared: int = 0
) -> list[int]:
    """``count`` places of ``groups``, in their order, each group in proportion to its size.

    ``least`` is taken of every group where ``count`` allows it and ``spared`` is left of each. The
    same seed takes the same places.
    """
    places: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        places.setdefault(group, []).append(place)
    names = sorted(places)
    counts = _in_proportion([len(places[name]) for name in names], count, least, spared)
    chosen: list[int] = []
    for number, (name, wanted) in enumerate(zip(names, counts, strict=True)):
        order = np.random.default_rng((*seed, number)).permutation(len(places[name]))
        chosen.extend(places[name][place] for place in order[:wanted])
    return sorted(chosen)


def _in_proportion(sizes: Sequence[int], count: int, least: int, spared: int) -> list[int]:
    """Whole shares of ``count`` by largest remainder, between ``least`` and what is not spared."""
    most = [max(size - spared, 0) for size in sizes]
    wanted = min(max(count, 0), sum(most))
    exact = [size * wanted / max(sum(sizes), 1) for size in sizes]
    shares = [min(max(int(each), least), top) for each, top in zip(exact, most, strict=True)]
    places = range(len(sizes))
    while sum(shares) < wanted:
        open_ = [place for place in places if shares[place] < most[place]]
        shares[max(open_, key=lambda place: exact[place] - shares[place])] += 1
    while sum(shares) > wanted:
        taken = [place for place in places if shares[place]]
        shares[min(taken, key=lambda place: exact[place] - shares[place])] -= 1
    return shares
