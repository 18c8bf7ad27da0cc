"""The model writes to the end of its text: a job that is watched, stopped, and kept as steps."""

from __future__ import annotations

from app import resources
from app.branches import Path
from app.generation import moves
from app.generation.look import Look
from app.generation.moves import WALK
from app.generation.run import ROOM, keep_steps, steps_of, token_ids
from app.generation.settings import count_now, seed_now, settings_now
from app.identity import session_id
from app.waiting import waited
from core.generation import GenerationStep, SamplingSettings, open_session
from core.jobs import Compute, Progress, Stop
from core.language import _


def show_writing(look: Look) -> bool:
    """While the model writes, a bar; then its steps join the path. Whether it still writes."""
    start = moves.writing_from()
    if start is None:
        return False
    if WALK.path[: len(start)] != start:  # another text or model stands there now
        moves.stop_writing()
        return False
    settings, seed, count = settings_now(), seed_now(), count_now()
    # A job of this session's own: who ends first forgets it, and Stop is for one's own text.
    own = (session_id(), look.text, look.special, start, settings, seed, count)
    key = (look.model, "writing", *own)
    job = waited(
        key,
        "generation_writing",
        _("Writing, {count} tokens at most").format(count=count),
        _written(look, start, settings, seed, count),
    )
    if job is None:
        found = resources.jobs().get(key)
        if found is not None and not found.done:
            return True
        moves.stop_writing()  # it failed, and the sentence is shown
        return False
    moves.stop_writing()
    resources.jobs().forget(key)
    if job.value:
        steps = job.value
        keep_steps(look, steps)
        WALK.go_on([(step.token_id,) for step in steps[len(start) :]], WALK.place)
    return False


def _written(
    look: Look, start: Path, settings: SamplingSettings, seed: int, count: int
) -> Compute[tuple[GenerationStep, ...]]:
    """The job: all steps of the text, those before ``start`` among them."""
    before = steps_of(look, start, seed)
    token_ids(start)

    def write(progress: Progress, stop: Stop) -> tuple[GenerationStep, ...]:
        with resources.pool().lease(resources.require_known(look.model)) as model:
            session = open_session(
                model,
                look.text,
                settings=settings,
                seed=seed,
                special=look.special,
                top_k=3,
                room=ROOM,
                steps=before,
            )
            for number in range(count):
                if stop() or session.finished or not session.room:
                    break
                session.step()
                progress(number + 1, count)
            return session.steps

    return write
