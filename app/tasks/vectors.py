"""The vectors of searched lines: read once by a job of their own, kept in memory and on disk.

In memory at most two collections of 50,000 lines for all sessions; on disk as
``core.tasks.vector_files`` says.
"""

from __future__ import annotations

from typing import Final

from app import resources
from app.facts import provenance
from app.tasks.look import title_of
from app.waiting import note_stopped, waited
from core.cache import ByteCache
from core.jobs import Compute, Jobs, Progress, Stop
from core.language import _
from core.tasks.search import LineIndex, index_lines
from core.tasks.vector_files import keep_index, load_index, vectors_key

MEMORY_LIMIT: Final = 170 * 2**20

_held: ByteCache[LineIndex] = ByteCache(MEMORY_LIMIT, lambda index: index.nbytes)
_jobs: Jobs[object] = Jobs(kept=2)
"""Not those of all pages: reading 50,000 lines takes a minute, which nobody else should wait."""


def index_of(model_id: str, lines: tuple[str, ...]) -> LineIndex | None:
    """The index of ``lines``; None while they are read, with a bar and Stop in its place.

    A stopped one holds the first lines, and goes on from there.
    """
    name = vectors_key(provenance(model_id).weights, lines)
    key = (model_id, "lines", name)
    held = _held.held(key)
    if held is not None:
        return held
    said = _("Reading {count:,} lines with {model}").format(
        count=len(lines), model=title_of(model_id)
    )
    job = waited(key, "tasks_lines", said, _reading(model_id, lines, name), among=_jobs)
    if job is None or job.value is None:
        return None
    if job.value.complete:
        _held.keep(key, job.value)
        _jobs.forget(key)
    else:
        note_stopped(job, "tasks_lines", lambda: _jobs.forget(key))
    return job.value


def _reading(model_id: str, lines: tuple[str, ...], name: str) -> Compute[LineIndex]:
    """The job: what is on disk, and the rest read."""

    def read(progress: Progress, stop: Stop) -> LineIndex:
        begun = load_index(name, model_id, lines)
        if begun is not None and begun.complete:
            return begun
        with resources.pool().lease(resources.require_known(model_id)) as model:
            found = index_lines(model, lines, begun=begun, progress=progress, stop=stop)
        if len(found.vectors):
            keep_index(name, found)
        return found

    return read
