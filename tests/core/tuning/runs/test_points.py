"""The points of a run: written once, read back, pooled."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from sqlalchemy import text

from core.errors import InputError
from core.tuning.runs.points import write_points


@pytest.fixture
def write(store, submit):
    """Write points of a run; its id and the function."""
    run = submit()

    def write_some(*points):
        with store.database.writing() as session:
            write_points(session, 1, points)

    return run, write_some


def test_points_come_back_in_order_from_a_step_on(store, write):
    run, add = write
    add({"step": 2, "loss": 0.5}, {"step": 1, "loss": 1.0, "rate": 0.1})
    add({"step": 3, "loss": 0.25})
    assert store.metrics(run) == (
        {"step": 1, "loss": 1.0, "rate": 0.1},
        {"step": 2, "loss": 0.5},
        {"step": 3, "loss": 0.25},
    )
    assert store.metrics(run, after=2) == ({"step": 3, "loss": 0.25},)


def test_values_of_a_step_join_and_later_ones_replace_earlier_ones(store, write):
    run, add = write
    add({"step": 1, "loss": 1.0}, {"step": 1, "accuracy": 0.7})
    add({"step": 1, "loss": 2.0})
    assert store.metrics(run) == ({"step": 1, "loss": 2.0, "accuracy": 0.7},)


def test_changes_tell_what_was_added_to_a_step_that_was_read_before(store, write):
    run, add = write
    add({"step": 1, "loss": 1.0})
    first = store.changes(run)
    add({"step": 1, "validation_loss": 0.9})
    second = store.changes(run, after=first.batch)
    assert second.points == ({"step": 1, "validation_loss": 0.9},)
    assert store.changes(run, after=second.batch).points == ()


def test_a_value_that_is_no_number_is_still_seen(store, write):
    run, add = write
    add({"step": 1, "loss": 1.0}, {"step": 2, "loss": math.nan}, {"step": 3, "loss": math.inf})
    losses = [point["loss"] for point in store.metrics(run)]
    assert math.isnan(losses[1])
    assert losses[2] == math.inf
    series = store.curve(run, points=4).series["loss"]
    assert np.isnan(series.mean).tolist() == [False, True, False]
    assert np.isnan(store.curve(run, points=1).series["loss"].high).all()


def test_a_short_curve_is_given_point_by_point(store, write):
    run, add = write
    add(*({"step": step, "loss": 1 / step} for step in range(1, 8)))
    series = store.curve(run).series["loss"]
    assert series.steps.tolist() == list(range(1, 8))
    for values in (series.low, series.high, series.mean):
        assert values.tolist() == [1 / step for step in range(1, 8)]


def test_a_long_curve_keeps_the_least_and_the_largest_of_each_bucket(store, write):
    run, add = write
    values = np.random.default_rng(0).normal(size=1000)
    add(*({"step": step, "loss": value} for step, value in enumerate(values, 1)))
    curve = store.curve(run, points=10)
    series = curve.series["loss"]
    buckets = np.split(values, range(127, 1000, 128))  # step 1 is the first; step 128 begins one
    assert curve.width == 128
    assert series.steps.tolist() == [*range(127, 1000, 128), 1000]
    assert series.counts.tolist() == [len(bucket) for bucket in buckets]
    np.testing.assert_array_equal(series.low, [bucket.min() for bucket in buckets])
    np.testing.assert_array_equal(series.high, [bucket.max() for bucket in buckets])
    np.testing.assert_allclose(series.mean, [bucket.mean() for bucket in buckets])


def test_a_part_of_a_curve_is_pooled_by_itself(store, write):
    run, add = write
    add(*({"step": step, "loss": float(step)} for step in range(1, 1001)))
    series = store.curve(run, points=50, first=301, last=350).series["loss"]
    assert series.low.tolist() == [float(step) for step in range(301, 351)]
    assert store.curve(run, first=2000).series == {}


def test_a_run_without_points_has_no_curves(store, write):
    assert store.curve(write[0]).series == {}


def test_a_curve_of_no_points_is_refused(store, write):
    with pytest.raises(InputError, match="0 points"):
        store.curve(write[0], points=0)


_MANY = text(
    "WITH RECURSIVE steps(step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM steps "
    "WHERE step < 100000) INSERT INTO points (run, step, name, value, batch) "
    "SELECT 1, step, :name, 1.0 / step, 1 FROM steps"
)


def test_the_curves_of_100_000_steps_are_there_in_a_moment(store, write):
    run, add = write
    names = ("loss", "rate", "gradient_norm", "tokens")
    with store.database.writing() as session:
        for name in names:
            session.execute(_MANY, {"name": name})
    begun = time.perf_counter()
    curve = store.curve(run)
    opened = time.perf_counter() - begun
    add({"step": 100_001, "loss": 0.0})
    begun = time.perf_counter()
    changes = store.changes(run, after=curve.batch)
    followed = time.perf_counter() - begun
    assert set(curve.series) == set(names)
    assert 500 < max(len(series.steps) for series in curve.series.values()) <= 1000
    assert changes.points == ({"step": 100_001, "loss": 0.0},)
    assert opened < 2.0  # 0.4 s where nothing else is running
    assert followed < 0.2
