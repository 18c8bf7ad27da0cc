"""The points of a run's curves: written in batches, read from a step on, or pooled for a picture.

Steps are counted from 1. A value that is no number (a run that diverged) is read back as NaN.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Row, Select, func, select, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from core.errors import InputError
from core.language import _
from core.tuning.runs.database import PointRow

Point = Mapping[str, float]
POINTS_LIMIT: Final = 10_000
STEP: Final = "step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One curve, pooled: for each bucket its last step, and the values in it. All arrays [bucket].

    Where a bucket holds a value that is no number, ``low``, ``high`` and ``mean`` are NaN.
    """

    steps: npt.NDArray[np.int64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    mean: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The curves of a run by name, and ``batch``, from which ``changes`` goes on."""

    series: Mapping[str, Series]
    batch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The points written since a batch, in the order of their steps, and the newest ``batch``."""

    points: tuple[Point, ...]
    batch: int


def write_points(session: Session, run: int, points: Sequence[Point]) -> None:
    """Store ``points`` as the next batch of ``run``; values that are there already are replaced."""
    values = {
        (int(point[STEP]), name): float(value)
        for point in points
        for name, value in point.items()
        if name != STEP
    }
    if not values:
        return
    row = insert(PointRow)
    row = row.on_conflict_do_update(
        index_elements=["run", "step", "name"],
        set_={"value": row.excluded.value, "batch": row.excluded.batch},
    )
    batch = newest_batch(session, run) + 1
    session.execute(
        row,
        [
            {
                "run": run,
                "step": step,
                "name": name,
                "value": None if math.isnan(value) else value,
                "batch": batch,
            }
            for (step, name), value in values.items()
        ],
    )


def newest_batch(session: Session, run: int) -> int:
    """The number of the newest batch of ``run``; 0 where nothing was logged."""
    newest = select(func.max(PointRow.batch)).where(PointRow.run == run)
    return session.scalar(newest) or 0


def read_points(session: Session, run: int, *, after: int) -> tuple[Point, ...]:
    """Every point of ``run`` at a step above ``after``, in order."""
    return _points(session, _values(run).where(PointRow.step > after))


def read_changes(session: Session, run: int, *, after: int) -> Changes:
    """The points of ``run`` written since the batch ``after``."""
    newest = newest_batch(session, run)
    if newest <= after:
        return Changes(points=(), batch=newest)
    points = _points(session, _values(run).where(PointRow.batch > after))
    return Changes(points=points, batch=newest)


def read_curve(
    session: Session, run: int, *, points: int, first: int | None, last: int | None
) -> Curve:
    """The curves of ``run`` from step ``first`` to ``last``, in at most ``points`` buckets each.

    Raises InputError for a number of points outside 1 to ``POINTS_LIMIT``.
    """
    if not 1 <= points <= POINTS_LIMIT:
        raise InputError(
            _("{count} points cannot be drawn: choose 1 to {limit}.").format(
                count=points, limit=POINTS_LIMIT
            )
        )
    here = PointRow.run == run
    # Each end is looked up by itself: asked for both at once, SQLite reads every row.
    lowest = session.scalar(select(func.min(PointRow.step)).where(here))
    highest = session.scalar(select(func.max(PointRow.step)).where(here))
    batch = newest_batch(session, run)
    if lowest is None or highest is None:
        return Curve(series={}, batch=batch)
    start = lowest if first is None else max(first, lowest)
    end = highest if last is None else min(last, highest)
    pooled: dict[str, list[Row[Any]]] = {}
    if start <= end:
        limits = {"run": run, "first": start, "last": end, "points": points}
        for row in session.execute(_POOLED, limits):
            pooled.setdefault(row.name, []).append(row)
    return Curve(series={name: _series(rows) for name, rows in pooled.items()}, batch=batch)


# One bucket is a stretch of steps: as many steps as there are in all, divided by the points.
_POOLED: Final = text(
    """
    SELECT name, (step - :first) * :points / max(:last - :first + 1, :points) AS bucket,
           max(step) AS step, min(value) AS low, max(value) AS high, avg(value) AS mean,
           count(*) > count(value) AS broken
    FROM points WHERE run = :run AND step BETWEEN :first AND :last
    GROUP BY name, bucket ORDER BY name, bucket
    """
)


def _series(rows: Sequence[Row[Any]]) -> Series:
    values = np.array(
        [(math.nan,) * 3 if row.broken else (row.low, row.high, row.mean) for row in rows],
        dtype=np.float64,
    )  # (bucket, 3)
    steps = np.array([row.step for row in rows], dtype=np.int64)
    return Series(steps=steps, low=values[:, 0], high=values[:, 1], mean=values[:, 2])


def _values(run: int) -> Select[int, str, float | None]:
    columns = select(PointRow.step, PointRow.name, PointRow.value)
    return columns.where(PointRow.run == run)


def _points(session: Session, values: Select[int, str, float | None]) -> tuple[Point, ...]:
    by_step: dict[int, dict[str, float]] = {}
    for step, name, value in session.execute(values):
        point = by_step.setdefault(step, {STEP: step})
        point[name] = math.nan if value is None else value
    # Sorted here: asked for the order, SQLite reads the whole run, however little has changed.
    return tuple(by_step[step] for step in sorted(by_step))
