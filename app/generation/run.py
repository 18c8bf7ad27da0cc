"""What a path of tokens leads to: the steps along it, and what is expected after them.

A choice is (token id,). The session that steps is kept by the results of all sessions under the
browser session's own name: it moves to the path that is asked for, so that going on, back and along
another branch cost only the passes that are new. Which paths there are is decided in
``app.generation.moves``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from app import resources
from app.branches import Path
from app.generation.look import Look
from app.identity import session_id
from core.errors import InputError
from core.generation import (
    EncoderDecoderSession,
    GenerationSession,
    GenerationStep,
    SamplingSettings,
    open_session,
)
from core.language import _

if TYPE_CHECKING:
    from core.models import LanguageModel

Session = GenerationSession | EncoderDecoderSession

Value = TypeVar("Value")

ROOM: Final = 200
"""How many places are made where the text is past the limit and cut from the left."""


@dataclass(slots=True)
class _Running:
    """A session, and the model it runs: a model that was loaded again needs a new one."""

    model: LanguageModel
    session: Session


def at(look: Look, path: Path, seed: int, compute: Callable[[Session], Value]) -> Value:
    """What ``compute`` makes of the session that has gone along ``path``.

    Raises what sessions raise: for a text that cannot be read, a model that writes no text, and a
    path that does not fit.
    """
    ids = token_ids(path)
    with resources.pool().lease(resources.require_known(look.model)) as model:
        session = _session(look, model, seed)
        _move(session, ids)
        found = compute(session)
        keep_steps(look, session.steps)
        return found


def steps_of(look: Look, path: Path, seed: int) -> tuple[GenerationStep, ...]:
    """The steps along ``path``, each as it was when it was taken."""
    ids = token_ids(path)
    known: list[GenerationStep] = []
    for count in range(1, len(ids) + 1):
        step = _kept(look, ids[:count])
        if step is None:
            return at(look, path, seed, lambda session: session.steps)
        known.append(step)
    return tuple(known)


def drawn(look: Look, path: Path, settings: SamplingSettings, seed: int, count: int = 1) -> Path:
    """The ``count`` choices that the settings and the seed draw after ``path``; fewer where the
    text ends."""

    def draw(session: Session) -> Path:
        session.settings = settings
        for _number in range(count):
            if session.finished or not session.room:
                break
            session.step()
        return tuple((id_,) for id_ in session.path[len(path) :])

    return at(look, path, seed, draw)


def keep_steps(look: Look, steps: Sequence[GenerationStep]) -> None:
    """Keep the steps of a text that was written elsewhere."""
    ids = tuple(step.token_id for step in steps)
    for count, step in enumerate(steps, start=1):
        _keep(look, ids[:count], step)


def token_ids(path: Path) -> tuple[int, ...]:
    """The tokens of ``path``. Raises InputError for choices that are not those of this page."""
    if any(len(choice) != 1 for choice in path):
        raise InputError(_("The link's steps are not those of tokens: start over."))
    return tuple(choice[0] for choice in path)


def _session(look: Look, model: LanguageModel, seed: int) -> Session:
    key = (look.model, (resources.RUNNING, session_id(), look.text, look.special, seed))

    def make() -> _Running:
        opened = open_session(model, look.text, seed=seed, special=look.special, top_k=3, room=ROOM)
        return _Running(model, opened)

    running = resources.results().get(key, make)
    if not isinstance(running, _Running) or running.model is not model:
        running = make()
        resources.results().keep(key, running)
    return running.session


def _move(session: Session, ids: tuple[int, ...]) -> None:
    """Go back to where both paths part, and on along ``ids``."""
    common = 0
    for own, other in zip(session.path, ids, strict=False):
        if own != other:
            break
        common += 1
    if common < len(session.steps):
        session.back(len(session.steps) - common)
    rest = ids[common:]
    if len(rest) == 1:
        session.step(rest[0])
    elif rest:
        session.replay(rest)


def _keep(look: Look, ids: tuple[int, ...], step: GenerationStep) -> None:
    resources.results().keep(_key(look, ids), step)


def _kept(look: Look, ids: tuple[int, ...]) -> GenerationStep | None:
    found = resources.results().held(_key(look, ids))
    return found if isinstance(found, GenerationStep) else None


def _key(look: Look, ids: tuple[int, ...]) -> tuple[object, ...]:
    return (look.model, ("token", look.text, look.special, ids))
