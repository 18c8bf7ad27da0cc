"""An answer while a thread of its own writes it.

Not one of the jobs that wait for each other: sessions that write at the same time step together.
"""

from __future__ import annotations

import contextvars
import threading
from dataclasses import replace
from typing import Final

from app import resources
from app.generation.chat.talk import Turn, Why
from core.generation import ChatPrompt, GenerationSession, SamplingSettings, go_on
from core.jobs import Job, Progress, Stop
from core.language import current_language, speaking

MOST_AT_ONCE: Final = 16
"""As many sessions as a batch has rows; the others wait."""
_TICK: Final = 0.2  # seconds between looks at whether a turn came, or somebody stopped it

_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


class Writing:
    """An answer of ``model``, after what ``begun`` has of it already; safe to read from any thread.

    It ends by itself where nobody watches it any more.
    """

    def __init__(self, model: str, begun: Turn) -> None:
        self.model = model
        self._begun = begun
        self._texts: list[str] = []
        self._why: Why = "stopped"
        self._job: Job[None] = Job()

    @property
    def done(self) -> bool:
        """Whether it ended, in whatever way."""
        return self._job.done

    @property
    def turn(self) -> Turn:
        """The answer so far, in complete characters; until it is done as if it were stopped."""
        texts = tuple(self._texts)
        why: Why = "stopped"
        if self.done:
            why = "failed" if self._job.error else self._why
        return replace(
            self._begun,
            text=self._begun.text + "".join(texts),
            count=self._begun.count + len(texts),
            why=why,
            error=self._job.error or "",
        )

    def watch(self) -> None:
        """Say that somebody still looks at it."""
        self._job.watch()

    def stop(self) -> None:
        """Let it end after the step that is computed now."""
        self._job.stop()

    def wait(self, seconds: float) -> bool:
        """Whether it is done within ``seconds``."""
        return self._job.wait(seconds)

    def start(self, prompt: ChatPrompt, settings: SamplingSettings, most: int) -> None:
        """Write at most ``most`` tokens after ``prompt``; errors speak the language of who asks."""

        def write(_progress: Progress, stop: Stop) -> None:
            while not _turns.acquire(timeout=_TICK):
                if stop():
                    return
            try:
                self._write(prompt, settings, most, stop)
            finally:
                _turns.release()

        with speaking(current_language()):
            context = contextvars.copy_context()
        threading.Thread(
            target=context.run, args=(self._job.run, write), name="chat", daemon=True
        ).start()

    def _write(self, prompt: ChatPrompt, settings: SamplingSettings, most: int, stop: Stop) -> None:
        with resources.pool().lease(resources.require_known(self.model)) as model:
            session = GenerationSession(
                model, prompt.tokens, settings=settings, seed=self._begun.seed, room=most
            )
            for step in go_on(session, most):
                self._texts.append(step.text)
                if not step.ended and stop():
                    return
            self._why = _ended(session)


def _ended(session: GenerationSession) -> Why:
    if session.finished:
        return "ended"
    return "count" if session.room else "room"
