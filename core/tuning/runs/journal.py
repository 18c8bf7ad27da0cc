"""Points that are logged and not yet in the database: a file that a killed process leaves behind.

Without it a run that was killed just after a checkpoint would go on with a gap in its curves.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.tuning.runs.points import STEP, Point

FILE: Final = ".points.jsonl"


class PointJournal:
    """The journal in ``folder``, open for one process and one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self.left = _read(self._path)
        """The points that an earlier process left."""
        self._file = self._open()

    def add(self, point: Point) -> None:
        """Keep ``point``; a kill right after this does not lose it. Raises OSError when full."""
        os.write(self._file, _line(point))

    def keep_only(self, points: Sequence[Point]) -> None:
        """Drop all but ``points``: the others are in the database."""
        half = self._path.with_suffix(".part")
        half.write_bytes(b"".join(map(_line, points)))
        half.replace(self._path)
        before, self._file = self._file, self._open()
        os.close(before)

    def close(self) -> None:
        """Close the file; it stays."""
        os.close(self._file)

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)


def _line(point: Point) -> bytes:
    return json.dumps(dict(point)).encode() + b"\n"


def _read(path: Path) -> tuple[Point, ...]:
    points = []
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            values = json.loads(line)
            point = {str(name): float(value) for name, value in values.items()}
        except (ValueError, TypeError, AttributeError):  # half a line, from a full disk
            continue
        if STEP in point:
            points.append(point)
    return tuple(points)
