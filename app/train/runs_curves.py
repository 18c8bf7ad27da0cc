"""The curves of the runs that a page shows: read once, then only what is new.

What a look costs does not grow with the run: beyond ``MOST`` points two neighbours become one, and
the browser is told only what the last few looks found.
"""

from __future__ import annotations

import math
import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from components.views.curve_points import News
from core.tuning.runs import RunStore, Series

POINTS: Final = 600
"""The most points of a curve that is read anew."""
MOST: Final = 2 * POINTS
REPEATED: Final = 5
"""Looks of which each message tells: a browser may miss some of them."""
_WINDOW: Final = 60.0  # seconds over which the pace is measured
_LEAST: Final = 3.0  # seconds before a pace is told
_SPAN: Final = 0.03  # of the steps so far
_SHORTEST: Final = 5.0  # steps

Whole = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Track:
    """One curve in points that stand for ``counts`` values each, up to ``steps``, rising.

    All arrays [point]; where one of its values is no number, the point is none.
    """

    steps: Whole
    mean: Numbers
    low: Numbers
    high: Numbers
    counts: Whole

    @classmethod
    def of(cls, steps: Sequence[int] | Whole, values: Sequence[float] | Numbers) -> Self:
        """A curve of a value at each of ``steps``."""
        found = np.array(values, dtype=np.float64)
        numbers = np.array(steps, dtype=np.int64)
        return cls(numbers, found, found, found, np.ones(len(numbers), dtype=np.int64))

    @classmethod
    def read(cls, series: Series) -> Self:
        """The curve that the store has pooled."""
        return cls(series.steps, series.mean, series.low, series.high, series.counts)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def values(self) -> Numbers:
        """The value of each point."""
        return self.mean

    def part(self, first: int, last: int | None = None) -> Track:
        """The points from the step ``first`` on, up to before ``last``."""
        start = int(np.searchsorted(self.steps, first))
        end = None if last is None else int(np.searchsorted(self.steps, last))
        here = slice(start, end)
        return Track(*(each[here] for each in self._arrays()))

    def followed_by(self, other: Track) -> Track:
        """This curve, and ``other`` after it."""
        pairs = zip(self._arrays(), other._arrays(), strict=True)
        return Track(*(np.concatenate(pair) for pair in pairs))

    def pooled(self, width: int) -> Track:
        """The same in points of ``width`` steps, which begin at multiples of it."""
        if width == 1 or not len(self):
            return self
        first = np.flatnonzero(np.diff(self.steps // width, prepend=-1))  # (bucket,)
        last = np.append(first[1:], len(self)) - 1
        counts = np.add.reduceat(self.counts, first)
        return Track(
            self.steps[last],
            np.add.reduceat(self.mean * self.counts, first) / counts,
            np.minimum.reduceat(self.low, first),
            np.maximum.reduceat(self.high, first),
            counts,
        )

    def _arrays(self) -> tuple[Whole, Numbers, Numbers, Numbers, Whole]:
        return self.steps, self.mean, self.low, self.high, self.counts


EMPTY: Final = Track.of([], [])


class RunCurves:
    """The curves of ``run_id`` by name, as far as they are known."""

    def __init__(self, store: RunStore, run_id: str) -> None:
        self.run_id = run_id
        self._stamp = secrets.token_hex(4)
        self._turn = 0
        self._told = False
        self._recent: deque[Mapping[str, int]] = deque(maxlen=REPEATED)
        self._seen: deque[tuple[float, int]] = deque()
        self._read(store)

    @property
    def names(self) -> frozenset[str]:
        """The curves that there are."""
        return frozenset(self._tracks)

    def track(self, name: str) -> Track:
        """The curve called ``name``; an empty one where nothing was logged under it."""
        return self._tracks.get(name, EMPTY)

    def last(self, name: str) -> float | None:
        """The newest value of ``name``."""
        values = self.track(name).mean
        return float(values[-1]) if values.size else None

    def follow(self, store: RunStore) -> None:
        """Add what was logged since the last look."""
        changes = store.changes(self.run_id, self._batch)
        self._batch = changes.batch
        fresh: dict[str, tuple[list[int], list[float]]] = {}
        for point in changes.points:
            for name, value in point.items():
                if name != "step":
                    steps, values = fresh.setdefault(name, ([], []))
                    steps.append(int(point["step"]))
                    values.append(value)
        if not fresh:
            return
        self._turn += 1
        tracks = {name: Track.of(*found) for name, found in fresh.items()}
        if self._width > 1 and any(self._does_again(*each) for each in tracks.items()):
            self._read(store)
            return
        self._recent.append({name: self._take_in(name, track) for name, track in tracks.items()})
        if max(map(len, self._tracks.values())) > MOST:
            self._width *= 2
            self._tracks = {name: track.pooled(self._width) for name, track in self._tracks.items()}
            self.tell_all()

    def tell_all(self) -> None:
        """Let the next news be whole: the browser does not know what came before."""
        self._told = False

    def news(self) -> News:
        """What a browser has to be told, if it was told before of this."""
        whole, self._told = not self._told, True
        if whole:
            self._recent.clear()
        starts: dict[str, int] = {}
        for touched in self._recent:
            for name, start in touched.items():
                starts[name] = min(start, starts.get(name, start))
        return News(
            stamp=self._stamp,
            since=0 if whole else self._turn - len(self._recent),
            turn=self._turn,
            whole=whole,
            width=self._width,
            starts=starts,
            lines=self._tracks
            if whole
            else {name: self._tracks[name].part(start) for name, start in starts.items()},
        )

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

    def _read(self, store: RunStore) -> None:
        curve = store.curve(self.run_id, points=POINTS)
        self._batch, self._width = curve.batch, curve.width
        self._tracks = {name: Track.read(series) for name, series in curve.series.items()}
        self.tell_all()

    def _does_again(self, name: str, fresh: Track) -> bool:
        """Whether steps were done again, as after a resume, which cannot be taken out of a mean."""
        known = self.track(name)
        return bool(len(known) and fresh.steps[0] <= known.steps[-1])

    def _take_in(self, name: str, fresh: Track) -> int:
        """Add ``fresh`` in the place of what was known of its steps and later ones.

        Returns the step from which on the curve is another.
        """
        first = int(fresh.steps[0]) // self._width * self._width
        known = self.track(name)
        before = known.part(0, first)
        opened = known.part(first, int(fresh.steps[0]))
        added = opened.followed_by(fresh).pooled(self._width)
        self._tracks[name] = before.followed_by(added)
        return first


def smoothed(track: Track) -> Track:
    """The mean of the values so far, in which those of long ago count less and less.

    A value counts e times less for each 3 % of the steps (at least 5 steps) that lie after it. A
    value that is no number stays one, and no later one feels it. The picture draws the same
    (``training_curves_points.js``).
    """
    if not len(track):
        return track
    span = max(_SHORTEST, _SPAN * float(track.steps[-1]))
    total = weight = 0.0
    before = int(track.steps[0])
    found = np.empty_like(track.mean)
    for place, (step, value) in enumerate(zip(track.steps, track.mean, strict=True)):
        fading = math.exp((before - int(step)) / span)
        before = int(step)
        total, weight = total * fading, weight * fading
        if math.isfinite(value):
            total, weight = total + float(value), weight + 1
            found[place] = total / weight
        else:
            found[place] = math.nan
    return Track.of(track.steps, found)
