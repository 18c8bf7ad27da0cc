"""The points of a run's curves: written in batches, read from a step on, or pooled for a picture.

Steps are counted from 1. A value that is no number (a run that diverged) is read back as NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, func, select
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

    ``counts`` says of how many values. Where a bucket holds a value that is no number, ``low``,
    ``high`` and ``mean`` are NaN.
    """

    steps: npt.NDArray[np.int64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    mean: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The curves of a run by name, and ``batch``, from which ``changes`` goes on.

    Each bucket is a stretch of ``width`` steps, a power of two, and begins at a multiple of it: so
    later points go into the last one, and two neighbours make one of twice the width.
    """

    series: Mapping[str, Series]
    batch: int
    width: int = 1


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
    width = bucket_width(start, end, points)
    pooled: dict[str, list[_Bucket]] = {}
    for bucket in _buckets(session, run, start, end, width):
        pooled.setdefault(bucket[0], []).append(bucket)
    series = {name: _series(rows) for name, rows in pooled.items()}
    return Curve(series=series, batch=batch, width=width)


def bucket_width(first: int, last: int, points: int) -> int:
    """The least power of two of which at most ``points`` multiples cover the steps given."""
    width = 1
    while last // width - first // width >= points:
        width *= 2
    return width


# A name, its last step in the bucket, low, high, mean, and of how many values and rows.
_Bucket = tuple[str, int, float | None, float | None, float | None, int, int]

_EACH: Final = """
    SELECT name, step, value, value, value, value IS NOT NULL, 1 FROM points
    WHERE run = ? AND step BETWEEN ? AND ? ORDER BY step
    """
_POOLED: Final = """
    SELECT name, max(step), min(value), max(value), avg(value), count(value), count(*) FROM points
    WHERE run = ? AND step BETWEEN ? AND ? GROUP BY name
    """


def _buckets(session: Session, run: int, first: int, last: int, width: int) -> Iterator[_Bucket]:
    """Every bucket in the order of its steps.

    A query for each: one that groups a long run by buckets sorts all of it, which takes twice as
    long.
    """
    connection = session.connection()
    if width == 1:
        for row in connection.exec_driver_sql(_EACH, (run, first, last)):
            yield cast("_Bucket", tuple(row))
        return
    for place in range(first // width, last // width + 1):
        limits = (run, max(first, place * width), min(last, (place + 1) * width - 1))
        for row in connection.exec_driver_sql(_POOLED, limits):
            yield cast("_Bucket", tuple(row))


def _series(rows: Sequence[_Bucket]) -> Series:
    values = np.array(
        [row[2:5] if row[5] == row[6] else (math.nan,) * 3 for row in rows],
        dtype=np.float64,
    )  # (bucket, 3)
    return Series(
        steps=np.array([row[1] for row in rows], dtype=np.int64),
        low=values[:, 0],
        high=values[:, 1],
        mean=values[:, 2],
        counts=np.array([row[6] for row in rows], dtype=np.int64),
    )


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
