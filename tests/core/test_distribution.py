"""The most probable of many tokens, in an order that does not depend on how they are found."""

from __future__ import annotations

import numpy as np
import pytest

from core.distribution import top_ids


@pytest.mark.parametrize("size", [1, 5, 64, 640, 1000, 5003])
@pytest.mark.parametrize("count", [1, 3, 10, 64, 700])
def test_the_largest_come_first_and_of_equal_ones_the_smaller_id(size: int, count: int) -> None:
    chance = np.random.default_rng(size)
    smooth = chance.normal(size=size).astype(np.float32)
    few = chance.integers(0, 4, size).astype(np.float32)  # nearly all are equal to another
    impossible = np.where(few > 0, -np.inf, smooth).astype(np.float32)
    for scores in (smooth, few, impossible, np.zeros(size, np.float32)):
        expected = np.argsort(-scores, kind="stable")[:count]
        assert top_ids(scores, count) == tuple(expected.tolist())
