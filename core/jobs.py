"""Computations that take seconds, in the background: shared by all who ask, watched, stopped.

The same key is computed once, whoever asks. A job that nobody looks at any more ends by itself, so
that closed browsers do not keep the machine busy. Knows nothing of what is computed.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from core.errors import HeadlightError
from core.language import _

Value = TypeVar("Value")
Progress = Callable[[int, int], None]
Stop = Callable[[], bool]
Compute = Callable[[Progress, Stop], Value]

PATIENCE: Final = 30.0
"""Seconds without anybody who asks, after which a job stops."""

_log = logging.getLogger(__name__)


class Job(Generic[Value]):
    """One computation, at first waiting for its turn. Safe to use from any thread."""

    def __init__(self) -> None:
        self.fraction = 0.0
        self.value: Value | None = None
        self.error: str | None = None
        self._ended = threading.Event()
        self._stopped = threading.Event()
        self._asked = time.monotonic()

    @property
    def done(self) -> bool:
        """Whether it ended: with a value, in part where it was stopped, or with an error."""
        return self._ended.is_set()

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped it."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Ask it to end with what it has."""
        self._stopped.set()

    def wait(self, seconds: float) -> bool:
        """Whether it ends within ``seconds``; who waits is somebody who asks."""
        self.watch()
        return self._ended.wait(seconds)

    def watch(self) -> None:
        """Say that somebody still looks at it."""
        self._asked = time.monotonic()

    def run(self, compute: Compute[Value]) -> None:
        """Compute the value; errors become sentences."""
        try:
            self.value = compute(self._report, self._is_over)
        except HeadlightError as error:
            self.error = str(error)
        except Exception:  # noqa: BLE001 - a thread has nobody to raise to
            _log.exception("a computation failed")
            self.error = _("This computation failed; the server's log has the details.")
        finally:
            self._ended.set()

    def _report(self, done: int, total: int) -> None:
        self.fraction = done / total if total else 1.0

    def _is_over(self) -> bool:
        if time.monotonic() - self._asked > PATIENCE:
            self._stopped.set()
        return self._stopped.is_set()


class Jobs(Generic[Value]):
    """Jobs by key, one at a time: two would share the same cores. The ``kept`` newest are kept."""

    def __init__(self, kept: int = 64) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._jobs: OrderedDict[Hashable, Job[Value]] = OrderedDict()

    def start(self, key: Hashable, compute: Compute[Value]) -> Job[Value]:
        """The job of ``key``, begun where there is none or the last one did not end whole."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and not (job.done and (job.stopped or job.value is None)):
                self._jobs.move_to_end(key)
                job.watch()
                return job
            job = self._jobs[key] = Job()
            self._jobs.move_to_end(key)
            self._forget()
        context = contextvars.copy_context()  # so that errors are in the language of who asked
        threading.Thread(
            target=context.run, args=(self._run, job, compute), name="job", daemon=True
        ).start()
        return job

    def get(self, key: Hashable) -> Job[Value] | None:
        """The last job of ``key``; asking keeps it going."""
        with self._lock:
            job = self._jobs.get(key)
        if job is not None:
            job.watch()
        return job

    def forget(self, key: Hashable) -> None:
        """Forget the job of ``key``, so that the next start begins again."""
        with self._lock:
            job = self._jobs.pop(key, None)
        if job is not None:
            job.stop()

    def drop(self, belongs: Callable[[Hashable], bool]) -> None:
        """Stop and forget every job whose key ``belongs``."""
        with self._lock:
            for key in [key for key in self._jobs if belongs(key)]:
                self._jobs.pop(key).stop()

    def _run(self, job: Job[Value], compute: Compute[Value]) -> None:
        with self._turn:
            job.run(compute)

    def _forget(self) -> None:
        ended = [key for key, job in self._jobs.items() if job.done]
        for key in ended[: max(len(self._jobs) - self._kept, 0)]:
            del self._jobs[key]
