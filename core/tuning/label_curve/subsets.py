"""The first so many of a set of examples, each label in its share, smaller sets within larger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from core.tuning.labelled.examples import Examples

_COLUMNS: Final = ("texts", "seconds", "labels", "words", "tags", "rows")


def first_examples(examples: Examples, count: int, *, seed: int) -> Examples:
    """``count`` of ``examples``, drawn by ``seed``; all where there are not so many.

    Of labels that fit in, each is there once at least.
    """
    order = _order(examples, seed)[:count]
    columns = {}
    for name in _COLUMNS:
        values: Sequence[object] = getattr(examples, name)
        columns[name] = tuple(values[place] for place in order) if len(values) else ()
    return Examples(kind=examples.kind, label_names=examples.label_names, **columns)  # type: ignore[arg-type]


def _order(examples: Examples, seed: int) -> list[int]:
    """The places of the examples, so that every beginning has each label in its share.

    The first of every label come first, the commonest label before the others.
    """
    drawn = np.random.default_rng((seed, 4001)).permutation(len(examples)).tolist()
    if not examples.labels:
        return [int(place) for place in drawn]
    totals = Counter(examples.labels)
    seen: Counter[int] = Counter()
    keys: list[tuple[float, int, int]] = []
    for turn, place in enumerate(drawn):
        label = examples.labels[place]
        share = seen[label] / totals[label]  # 0 for the first of each
        keys.append((share, -totals[label] if not seen[label] else turn, int(place)))
        seen[label] += 1
    return [place for _share, _turn, place in sorted(keys)]
