"""Intervals: against published figures, and by drawing samples that they must cover."""

import math

import numpy as np
import pytest

from core.tuning.outcome.intervals import bootstrap, wilson


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_newcombe(right, count, low, high):
    assert wilson(right, count) == pytest.approx((low, high), abs=5e-5)


def test_wilson_holds_the_true_share_in_95_of_100_samples():
    drawn = np.random.default_rng(0)
    hits = drawn.binomial(80, 0.9, size=2000)
    inside = [low <= 0.9 <= high for low, high in (wilson(int(hit), 80) for hit in hits)]
    assert 0.93 <= np.mean(inside) <= 0.98


def test_without_rows_there_is_no_interval():
    assert all(math.isnan(end) for end in wilson(0, 0))
    assert all(math.isnan(end) for end in bootstrap(np.zeros((0, 1)), lambda sums: sums[:, 0]))


def _mean(sums):
    return sums[:, 0] / sums[:, 1]


def test_the_bootstrap_of_a_mean_is_near_two_standard_errors():
    values = np.random.default_rng(1).normal(3, 2, 400)
    low, high = bootstrap(np.stack([values, np.ones(400)], axis=1), _mean, seed=4)
    error = values.std() / 20
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.05)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.05)


def test_the_same_seed_gives_the_same_interval():
    rows = np.random.default_rng(2).random((50, 2))
    assert bootstrap(rows, _mean, seed=7) == bootstrap(rows, _mean, seed=7)
    assert bootstrap(rows, _mean, seed=7) != bootstrap(rows, _mean, seed=8)


def test_a_statistic_that_is_off_on_draws_is_put_right():
    """The largest value is drawn too low; its interval is shifted to lie around it."""
    rows = np.concatenate([np.eye(40), np.eye(40)[:1]])

    def found(sums):  # how many of forty kinds are there: all in the data, fewer in a draw
        return (sums > 0).sum(axis=1).astype(float)

    low, high = bootstrap(rows, found, seed=0)
    assert low < 40 < high
