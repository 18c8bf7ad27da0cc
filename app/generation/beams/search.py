"""A beam search of the text of the page, as a job that all sessions share.

How its steps are drawn and worded is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app import resources
from app.generation.look import Look
from core.distribution import TokenNames
from core.generation import Beam, BeamStep, beam_search_steps, read_source, replay
from core.jobs import Compute, Progress, Stop
from core.models import LanguageModel
from core.tokens import Tokens

MOST_TOKENS: Final = 40
"""Each token is a column of the tree."""


@dataclass(frozen=True, slots=True)
class BeamSettings:
    """How many continuations are kept, and for how many tokens; what a score is divided by."""

    beams: int
    count: int
    length_penalty: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BeamSearch:
    """The steps so far; the last one has a winner unless the search was stopped.

    ``labels`` are what token ids say. ``log_probability`` is Σ log p of the best one's tokens by
    the model itself: its ``Beam`` may say otherwise where the model's own rules forbid or force a
    token. ``source`` is what an encoder reads.
    """

    steps: tuple[BeamStep, ...]
    labels: Mapping[int, str]
    log_probability: float
    source: Tokens | None = None

    @property
    def best(self) -> Beam:
        """The winner; the best so far where the search was stopped."""
        return self.steps[-1].beams[0]


def search_key(look: Look, settings: BeamSettings) -> tuple[object, ...]:
    """Which job it is."""
    return (look.model, "beams", look.text, look.special, settings)


def searching(look: Look, settings: BeamSettings) -> Compute[BeamSearch]:
    """The job: it searches in a thread of its own, and when stopped keeps what it has."""

    def search(progress: Progress, stop: Stop) -> BeamSearch:
        with resources.pool().lease(resources.require_known(look.model)) as model:
            return search_beams(model, look, settings, progress, stop)

    return search


def search_beams(
    model: LanguageModel, look: Look, settings: BeamSettings, progress: Progress, stop: Stop
) -> BeamSearch:
    """At least one step, so that there is something to show. Raises what the search raises."""
    source = None
    if model.kind == "seq2seq":
        source = read_source(model, look.text, special=look.special)
    prompt = look.text if source is None else source
    steps = []
    for step in beam_search_steps(
        model,
        prompt,
        beams=settings.beams,
        max_new_tokens=settings.count,
        length_penalty=settings.length_penalty,
        special=look.special,
    ):
        steps.append(step)
        progress(step.number, settings.count)
        if stop():
            break
    names = TokenNames(model)
    seen = {one.token_id for step in steps for one in step.beams}
    seen |= {one.beam.token_id for step in steps for one in step.dropped}
    along = replay(
        model,
        prompt,
        steps[-1].beams[0].token_ids,
        special=look.special,
        room=settings.count,
    )
    return BeamSearch(
        steps=tuple(steps),
        labels={id_: names.text(id_) for id_ in seen},
        log_probability=along.log_probability,
        source=source,
    )
