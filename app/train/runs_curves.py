"""The curves of the run that a page shows: read once, then only what is new.

What a look costs does not grow with the run: beyond ``MOST`` points a curve is pooled to
``POINTS``, means of like stretches of steps.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.tuning.runs import Point, RunStore

POINTS: Final = 600
MOST: Final = 1200
_WINDOW: Final = 60.0  # seconds over which the pace is measured
_LEAST: Final = 3.0  # seconds before a pace is told
_SPAN: Final = 0.03  # of the steps so far
_SHORTEST: Final = 5.0  # steps


@dataclass(frozen=True, slots=True)
class Track:
    """One curve: ``steps``, rising, and ``values``, both [point]."""

    steps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.steps)


EMPTY: Final = Track(np.array([], dtype=np.int64), np.array([], dtype=np.float64))


class RunCurves:
    """The curves of ``run_id`` by name, as far as they are known."""

    def __init__(self, store: RunStore, run_id: str) -> None:
        curve = store.curve(run_id, points=POINTS)
        self.run_id = run_id
        self._batch = curve.batch
        self._tracks = {
            name: Track(series.steps, series.mean) for name, series in curve.series.items()
        }
        self._seen: deque[tuple[float, int]] = deque()

    def track(self, name: str) -> Track:
        """The curve called ``name``; an empty one where nothing was logged under it."""
        return self._tracks.get(name, EMPTY)

    def last(self, name: str) -> float | None:
        """The newest value of ``name``."""
        values = self.track(name).values
        return float(values[-1]) if values.size else None

    def follow(self, store: RunStore) -> None:
        """Add what was logged since the last look."""
        changes = store.changes(self.run_id, self._batch)
        self._batch = changes.batch
        fresh: dict[str, list[tuple[int, float]]] = {}
        for point in changes.points:
            for name, value in _values(point):
                fresh.setdefault(name, []).append((int(point["step"]), value))
        for name, points in fresh.items():
            self._tracks[name] = _pooled(_joined(self.track(name), points))

    def pace(self, now: float, step: int) -> float | None:
        """Seconds for a step, over the last minute in which somebody looked; None at first."""
        seen = self._seen
        if seen and (step < seen[-1][1] or now - seen[-1][0] > _WINDOW):
            seen.clear()  # it began anew, or nobody looked
        seen.append((now, step))
        while now - seen[0][0] > _WINDOW:
            seen.popleft()
        seconds, steps = now - seen[0][0], step - seen[0][1]
        return seconds / steps if steps > 0 and seconds >= _LEAST else None


def smoothed(track: Track) -> Track:
    """The mean of the values so far, in which those of long ago count less and less.

    A value counts e times less for each 3 % of the steps (at least 5 steps) that lie after it. A
    value that is no number stays one, and no later one feels it.
    """
    if not len(track):
        return track
    span = max(_SHORTEST, _SPAN * float(track.steps[-1]))
    total = weight = 0.0
    before = int(track.steps[0])
    found = np.empty_like(track.values)
    for place, (step, value) in enumerate(zip(track.steps, track.values, strict=True)):
        fading = math.exp((before - int(step)) / span)
        before = int(step)
        total, weight = total * fading, weight * fading
        if math.isfinite(value):
            total, weight = total + float(value), weight + 1
            found[place] = total / weight
        else:
            found[place] = math.nan
    return Track(track.steps, found)


def _values(point: Point) -> list[tuple[str, float]]:
    return [(name, value) for name, value in point.items() if name != "step"]


def _joined(track: Track, points: list[tuple[int, float]]) -> Track:
    """``track`` with ``points`` after it; what it had of their steps and later ones is dropped.

    A run that was resumed does some steps again.
    """
    kept = int(np.searchsorted(track.steps, points[0][0]))
    steps, values = zip(*points, strict=True)
    return Track(
        np.concatenate([track.steps[:kept], np.array(steps, dtype=np.int64)]),
        np.concatenate([track.values[:kept], np.array(values, dtype=np.float64)]),
    )


def _pooled(track: Track) -> Track:
    """``track``, of which points are made one in each of ``POINTS`` like stretches of steps.

    A point counts as much as the steps that lie between it and the one before.
    """
    if len(track) <= MOST:
        return track
    buckets = (track.steps - 1) * POINTS // track.steps[-1]  # (point,)
    first = np.flatnonzero(np.diff(buckets, prepend=-1))  # (bucket,)
    last = np.append(first[1:], len(track)) - 1
    weights = np.diff(track.steps, prepend=0)
    sums = np.add.reduceat(track.values * weights, first)
    return Track(track.steps[last], sums / np.add.reduceat(weights, first))
