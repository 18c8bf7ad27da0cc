"""Generation to the end, and again along a path that was gone before, with either kind of model.

What a step is, and how a model is run, is left to the sessions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from core.generation.prompt import checked_count
from core.generation.session import EncoderDecoderSession, GenerationSession
from core.generation.settings import SamplingSettings
from core.generation.stepping import SteppingSession
from core.generation.steps import GenerationStep
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


def generate_steps(
    model: LanguageModel,
    prompt: str | Tokens,
    *,
    settings: SamplingSettings | None = None,
    max_new_tokens: int = 40,
    seed: int = 0,
    special: bool = False,
    top_k: int = 10,
) -> Iterator[GenerationStep]:
    """Go on with ``prompt``, one step at a time, up to and with an end token.

    At most ``max_new_tokens``, and as many as the model can take. Of an encoder–decoder model the
    prompt is the source. Raises what ``open_session`` raises, at once, and InputError where no
    token is asked for.
    """
    count = checked_count(max_new_tokens)
    session = open_session(
        model, prompt, settings=settings, seed=seed, special=special, top_k=top_k, room=count
    )
    return go_on(session, count)


def go_on(session: SteppingSession, count: int) -> Iterator[GenerationStep]:
    """At most ``count`` steps of ``session``, until its text ends."""
    for _number in range(count):
        if session.finished or not session.room:
            return
        yield session.step()


def open_session(
    model: LanguageModel,
    prompt: str | Tokens,
    *,
    settings: SamplingSettings | None = None,
    seed: int = 0,
    special: bool = False,
    top_k: int = 10,
    room: int = 40,
    steps: Sequence[GenerationStep] = (),
) -> GenerationSession | EncoderDecoderSession:
    """The session that fits ``model``; an encoder–decoder model needs no ``room`` in its source.

    Raises what the sessions raise.
    """
    if model.kind == "seq2seq":
        return EncoderDecoderSession(
            model,
            prompt,
            settings=settings,
            seed=seed,
            special=special,
            top_k=top_k,
            steps=steps,
        )
    return GenerationSession(
        model,
        prompt,
        settings=settings,
        seed=seed,
        special=special,
        top_k=top_k,
        room=room,
        steps=steps,
    )


def replay(
    model: LanguageModel,
    prompt: str | Tokens,
    path: Sequence[int],
    *,
    settings: SamplingSettings | None = None,
    seed: int = 0,
    special: bool = False,
    top_k: int = 10,
    room: int = 40,
) -> GenerationSession | EncoderDecoderSession:
    """The session that went along ``path``, computed in one forward pass.

    Raises InputError for a path that goes past the model's end token or its limit, or with a token
    that the vocabulary lacks, and what ``open_session`` raises.
    """
    session = open_session(
        model, prompt, settings=settings, seed=seed, special=special, top_k=top_k, room=room
    )
    session.replay(path)
    return session
