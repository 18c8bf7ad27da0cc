"""Fetches that go on in the background, shared by everyone who looks at the Models page.

One thread a fetch. Starting what is already being fetched gives the running job; a stop is noticed
within a second, because every fetch reports several times a second.
"""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from core.catalogue.ensuring import ensure_dataset, ensure_model
from core.catalogue.entries import find_dataset
from core.catalogue.fetching import Progress
from core.errors import FetchStopped, HeadlightError
from core.language import _

JobState = Literal["running", "done", "failed", "stopped"]
Ensure = Callable[[str, Progress], Path]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchJob:
    """How far a fetch is; a picture of one moment. ``error`` is a sentence fit to be shown."""

    id: str
    fraction: float = 0.0
    message: str = ""
    state: JobState = "running"
    error: str | None = None


class FetchJobs:
    """The fetches of this process. Safe to use from any thread."""

    def __init__(self, ensure: Ensure | None = None) -> None:
        self._ensure = ensure or _ensure_any
        self._lock = threading.Lock()
        self._jobs: dict[str, FetchJob] = {}
        self._stops: dict[str, threading.Event] = {}

    def start(self, entry_id: str) -> FetchJob:
        """Begin to fetch a model or dataset, or join the fetch of it that is running."""
        with self._lock:
            job = self._jobs.get(entry_id)
            if job is not None and job.state == "running":
                return job
            job = FetchJob(id=entry_id, message=_("Starting"))
            stop = threading.Event()
            self._jobs[entry_id], self._stops[entry_id] = job, stop
        context = contextvars.copy_context()  # so that messages are in the language of who asked
        threading.Thread(
            target=context.run,
            args=(self._run, entry_id, stop),
            name=f"fetch {entry_id}",
            daemon=True,
        ).start()
        return job

    def get(self, entry_id: str) -> FetchJob | None:
        """The last fetch of that id in this process; None where there was none."""
        with self._lock:
            return self._jobs.get(entry_id)

    def all(self) -> tuple[FetchJob, ...]:
        """The last fetch of every id."""
        with self._lock:
            return tuple(self._jobs.values())

    def stop(self, entry_id: str) -> None:
        """Ask a running fetch to stop; nothing of it stays. Others who wait for it wait no more."""
        with self._lock:
            if entry_id in self._stops:
                self._stops[entry_id].set()

    def _run(self, entry_id: str, stop: threading.Event) -> None:
        def report(fraction: float, message: str) -> None:
            if stop.is_set():
                raise FetchStopped(_("The fetch of {name} was stopped.").format(name=entry_id))
            self._change(entry_id, fraction=min(max(fraction, 0.0), 1.0), message=message)

        try:
            self._ensure(entry_id, report)
        except FetchStopped as stopped:
            self._change(entry_id, state="stopped", message=str(stopped))
        except HeadlightError as error:
            self._change(entry_id, state="failed", error=str(error))
        except Exception:  # noqa: BLE001 - a thread has nobody to raise to
            _log.exception("the fetch of %s failed", entry_id)
            message = _("The fetch of {name} failed by a fault of Headlight; the log has it whole.")
            self._change(entry_id, state="failed", error=message.format(name=entry_id))
        else:
            self._change(entry_id, state="done", fraction=1.0)

    def _change(
        self,
        entry_id: str,
        *,
        state: JobState | None = None,
        fraction: float | None = None,
        message: str | None = None,
        error: str | None = None,
    ) -> None:
        with self._lock:
            job = self._jobs[entry_id]
            self._jobs[entry_id] = replace(
                job,
                state=state or job.state,
                fraction=job.fraction if fraction is None else fraction,
                message=job.message if message is None else message,
                error=error,
            )


def _ensure_any(entry_id: str, progress: Progress) -> Path:
    if find_dataset(entry_id) is not None:
        return ensure_dataset(entry_id, progress)
    return ensure_model(entry_id, progress)
