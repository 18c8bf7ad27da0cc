"""What the Attention page computes besides captures, each once for all sessions.

Habits and occurrences of heads, rollout, attributions, and generated text.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from app import resources
from app.facts import of_model
from core.attention import (
    AttentionOverview,
    GeneratedAttention,
    HeadHabits,
    HeadMeans,
    Occurrence,
    generate_and_capture,
    gradient_times_input,
    head_habits,
    mean_outputs,
    occurrences,
    overview_of,
    rollout_of,
    sentences,
    turns_vectors,
)
from core.attention.places import Stack
from core.attention.target import Target
from core.jobs import Progress, Stop
from core.language import current_language

OCCURRENCES: Final = 6
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a model wrote after a text, and the place of its first token."""

    text: str
    first: int


def is_rotary(model_id: str, layer: int, stack: Stack) -> bool:
    """Whether queries and keys of a layer are turned by position."""
    return of_model(
        model_id, ("rotary", layer, stack), lambda model: turns_vectors(model, layer, stack=stack)
    )


def habits(model_id: str, progress: Progress, stop: Stop) -> HeadHabits:
    """What the heads of a model do over the built-in sentences of the current language."""
    with resources.pool().lease(resources.require_known(model_id)) as model:
        return head_habits(model, sentences(current_language()), progress=progress, stop=stop)


def means(model_id: str, language: str) -> HeadMeans:
    """The mean output of each head over the built-in sentences of ``language``."""
    return of_model(
        model_id, ("means", language), lambda model: mean_outputs(model, sentences(language))
    )


def elsewhere(model_id: str, place: tuple[int, int], pattern: str) -> tuple[Occurrence, ...]:
    """Where in the built-in sentences a head does what it does."""
    language = current_language()
    return of_model(
        model_id,
        ("elsewhere", language, place, pattern),
        lambda model: occurrences(
            model, *place, sentences(language), pattern=pattern or None, count=OCCURRENCES
        ),
    )


def rollout(overview: AttentionOverview, key: Hashable) -> NDArray[np.float32]:
    """The rollout of all layers. (query, key)"""
    return _kept(
        (overview.capture.model, "rollout", overview.stack, key),
        lambda: rollout_of(overview.capture, stack=overview.stack),
    )


def attribution(overview: AttentionOverview, target: Target, key: Hashable) -> NDArray[np.float32]:
    """Each token's share of |gradient × input| of what ``target`` measures. (token,)"""
    capture = overview.capture
    return of_model(
        capture.model,
        ("attribution", target, key),
        lambda model: gradient_times_input(model, capture.tokens, target=target).shares,
    )


def write(model_id: str, text: str, count: int, progress: Progress, stop: Stop) -> Written:
    """Let the model go on after ``text``; its attention is kept with the other captures."""
    made = _generate(model_id, text, count, progress, stop)
    own = _written_key(model_id, text, count)
    resources.overviews().drop(lambda key: isinstance(key, tuple) and key[: len(own)] == own)
    resources.overviews().keep((*own, "self"), overview_of(made.capture))
    return Written(text=made.text, first=made.first)


def written_overview(model_id: str, text: str, count: int, stack: Stack) -> AttentionOverview:
    """The attention of what ``write`` made; made again where it is no longer held."""

    def again() -> AttentionOverview:
        if stack != "self":
            whole = written_overview(model_id, text, count, "self")
            return overview_of(whole.capture, stack=stack)
        return overview_of(_generate(model_id, text, count).capture)

    return resources.overviews().get((*_written_key(model_id, text, count), stack), again)


def _generate(
    model_id: str,
    text: str,
    count: int,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> GeneratedAttention:
    with resources.pool().lease(resources.require_known(model_id)) as model:
        return generate_and_capture(
            model,
            text,
            max_new_tokens=count,
            limit=resources.VIEW_TOKENS,
            progress=progress,
            stop=stop,
        )


def _written_key(model_id: str, text: str, count: int) -> tuple[Hashable, ...]:
    return (model_id, "written", text, count)


def _kept(key: Hashable, compute: Callable[[], Value]) -> Value:
    return cast("Value", resources.results().get(key, compute))
