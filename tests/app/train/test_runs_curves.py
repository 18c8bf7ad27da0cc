from __future__ import annotations

import math

import numpy as np
import pytest

from app.train.runs_curves import EMPTY, MOST, RunCurves, Track, smoothed
from core.tuning.runs.points import Changes, Curve, Series


def point(step, **values):
    return {"step": step, **values}


class FakeStore:
    """Points by batch; counts what is read."""

    def __init__(self, batches):
        self.batches = [list(batch) for batch in batches]
        self.read = 0

    def curve(self, run_id, points=1000):
        series = {}
        for each in (one for batch in self.batches for one in batch):
            for name, value in each.items():
                if name != "step":
                    series.setdefault(name, []).append((each["step"], value))
        made = {}
        for name, found in series.items():
            steps, values = np.array([s for s, _ in found]), np.array([v for _, v in found], float)
            ones = np.ones(len(steps), int)
            made[name] = Series(steps=steps, low=values, high=values, mean=values, counts=ones)
        return Curve(series=made, batch=len(self.batches))

    def changes(self, run_id, after=0):
        new = [one for batch in self.batches[after:] for one in batch]
        self.read += len(new)
        return Changes(points=tuple(new), batch=len(self.batches))


def test_only_what_is_new_is_read_again():
    store = FakeStore([[point(1, loss=2.0), point(2, loss=1.5)]])
    curves = RunCurves(store, "a")
    store.batches.append([point(3, loss=1.0, accuracy=0.5)])
    curves.follow(store)
    curves.follow(store)
    assert store.read == 1
    assert curves.track("loss").steps.tolist() == [1, 2, 3]
    assert curves.track("accuracy").values.tolist() == [0.5]
    assert curves.last("loss") == 1.0
    assert curves.last("rate") is None
    assert curves.track("rate") is EMPTY


def test_steps_that_a_resumed_run_does_again_take_the_place_of_the_old_ones():
    store = FakeStore([[point(step, loss=float(step)) for step in range(1, 8)]])
    curves = RunCurves(store, "a")
    store.batches.append([point(5, loss=50.0), point(6, loss=60.0)])
    curves.follow(store)
    assert curves.track("loss").steps.tolist() == [1, 2, 3, 4, 5, 6]
    assert curves.track("loss").values.tolist() == [1, 2, 3, 4, 50, 60]


def test_a_long_run_is_kept_in_few_points():
    store = FakeStore([])
    curves = RunCurves(store, "a")
    for start in range(1, 20_000, 500):
        store.batches.append([point(step, loss=float(step)) for step in range(start, start + 500)])
        curves.follow(store)
    track = curves.track("loss")
    assert len(track) <= MOST
    assert np.all(np.diff(track.steps) > 0)
    assert track.steps[-1] == 20_000
    assert abs(track.values - track.steps).max() <= 2 * 20_000 / 600  # two buckets at most


def test_the_pace_is_told_after_some_seconds_and_forgets_what_is_long_ago():
    curves = RunCurves(FakeStore([]), "a")
    assert curves.pace(0.0, 10) is None
    assert curves.pace(1.0, 12) is None
    assert curves.pace(4.0, 18) == pytest.approx(0.5)
    assert curves.pace(1000.0, 400) is None  # nobody looked for a while
    assert curves.pace(1004.0, 402) == pytest.approx(2.0)
    assert curves.pace(1008.0, 380) is None  # resumed from a checkpoint


def test_a_level_curve_stays_level_when_smoothed():
    track = Track.of(np.arange(1, 101), np.full(100, 0.7))
    assert smoothed(track).values == pytest.approx(0.7)


def test_noise_is_taken_out_and_the_direction_stays():
    rng = np.random.default_rng(0)
    steps = np.arange(1, 501)
    clean = 2 * np.exp(-steps / 200)
    values = clean + rng.normal(0, 0.3, 500)
    found = smoothed(Track.of(steps, values)).values
    assert np.abs(found - clean)[50:].mean() < 0.12 < np.abs(values - clean)[50:].mean()


def test_a_value_that_is_no_number_is_a_gap_that_no_later_one_feels():
    found = smoothed(Track.of(np.arange(1, 5), np.array([1.0, math.nan, 1.0, math.inf]))).values
    assert found[0] == found[2] == 1.0
    assert math.isnan(found[1])
    assert math.isnan(found[3])


def test_nothing_smoothed_is_nothing():
    assert not len(smoothed(EMPTY))
