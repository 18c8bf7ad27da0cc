"""The watch of a run that is stored: the training loop never waits for the database.

A thread writes points in batches, says that the worker is there, and asks whether to stop. Points
wait in a journal, so that a killed process loses none.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sqlalchemy.exc import OperationalError

from core.tuning.runs.attempt import RunAttempt
from core.tuning.runs.journal import PointJournal
from core.tuning.runs.points import STEP, Point

PULSE: Final = 0.5
"""Seconds between two looks at the database."""
_KEPT: Final = 100_000  # points kept while the database cannot be written to
# A full disk, a database that others hold, no memory left: they are tried again.
_WRITING_FAULTS: Final = (OperationalError, MemoryError)

_log = logging.getLogger(__name__)


class RecordedWatch:
    """A ``RunWatch`` for one attempt; within its ``with`` block the thread is at work.

    ``folder`` is the run's; ``ending`` is set by whoever ends the process. Leaving the block writes
    what is left, and raises sqlalchemy's OperationalError, or MemoryError, where that cannot be
    written.
    """

    def __init__(self, attempt: RunAttempt, folder: Path, ending: threading.Event) -> None:
        self._attempt, self._ending = attempt, ending
        self._journal = PointJournal(folder)
        self._points: list[Point] = list(self._journal.left)
        self._notes: dict[str, str] = {}
        self._lock = threading.Lock()
        self._asked, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._beat, name="watch", daemon=True)
        self.told = False
        """Whether the loop was told to stop."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        try:
            if error is None:
                self._write()
            else:  # the error of the run is the one to be told
                self._try_to_write()
        finally:
            self._journal.close()

    @property
    def stop_asked(self) -> bool:
        """Whether somebody asked for the stop, rather than the end of the process."""
        return self._asked.is_set()

    def stopped(self) -> bool:
        """Whether the run is to end now; costs nothing."""
        self.told |= self._asked.is_set() or self._ending.is_set()
        return self.told

    def log(self, point: Mapping[str, float]) -> None:
        """Keep a point for the next batch.

        Raises ValueError for one without a step, and OSError where the disk is full.
        """
        if STEP not in point:
            message = f"a point has a {STEP!r}; this one has {sorted(point)}"
            raise ValueError(message)
        numbers = {name: float(value) for name, value in point.items()}
        with self._lock:
            self._journal.add(numbers)
            self._points.append(numbers)

    def note(self, name: str, value: object) -> None:
        """Keep a fact for the next batch. Raises TypeError for what JSON cannot hold."""
        text = json.dumps(value, ensure_ascii=False)
        with self._lock:
            self._notes[name] = text

    def _beat(self) -> None:
        self._try_to_write()
        while not self._over.wait(PULSE):
            self._try_to_write()

    def _try_to_write(self) -> None:
        try:
            self._write()
        except _WRITING_FAULTS:
            _log.warning("points could not be written yet", exc_info=True)

    def _write(self) -> None:
        with self._lock:
            points, notes = self._points, self._notes
            self._points, self._notes = [], {}
        try:
            if self._attempt.write(points, notes):
                self._asked.set()
        except _WRITING_FAULTS:
            with self._lock:
                self._points = (points + self._points)[-_KEPT:]
                self._notes = notes | self._notes
            raise
        if points:  # left in the journal on a full disk, they are written a second time: no harm
            with self._lock, contextlib.suppress(OSError):
                self._journal.keep_only(self._points)
