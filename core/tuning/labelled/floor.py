"""What is reached without learning: always the label that is most frequent in training."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from core.tuning.labelled.examples import Examples


def commonest_share(training: Examples, held_out: Examples) -> float:
    """The accuracy on ``held_out`` of always saying the label most frequent in ``training``.

    Of words where words have labels; NaN where there are none.
    """
    before, after = (_labels(each) for each in (training, held_out))
    if not before or not after:
        return math.nan
    commonest = Counter(before).most_common(1)[0][0]
    return after.count(commonest) / len(after)


def _labels(examples: Examples) -> Sequence[int]:
    return examples.labels or tuple(tag for tags in examples.tags for tag in tags)
