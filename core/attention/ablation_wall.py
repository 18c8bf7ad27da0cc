"""Does each head matter: the effect of switching it off, for all heads of a text at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.attention.effects import (
    HeadEffects,
    TargetPasses,
    read_texts,
    values_by_head,
)
from core.attention.places import Stack
from core.attention.replacement import HeadMeans, Replacement, stack_shape, switching_off
from core.attention.target import Target, choose_target
from core.jobs import Progress, Stop
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


def ablation_wall(
    model: LanguageModel,
    text: str | Tokens,
    pair: str | Tokens | None = None,
    *,
    target: Target | None = None,
    replacement: Replacement = "zero",
    means: HeadMeans | None = None,
    stack: Stack = "self",
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> HeadEffects:
    """What switching each head of ``stack`` off does to ``target``, one head at a time.

    ``target`` is by default the natural one of the model (``choose_target``); ``replacement`` puts
    zero or, with ``means``, the head's mean output in its place. ``progress`` is called with the
    heads done and all, ``stop`` is asked between batches and ends the computation. For an
    encoder–decoder model ``pair`` is the decoder's text. Equal to one whole pass per head to about
    1e-5 nats, the rounding of float32 in batches.
    Raises what ``choose_target`` raises, and UnsupportedError for a stack that is not there.
    """
    shape = stack_shape(model, stack)
    tokens, reading = read_texts(model, text, pair)
    if target is None:
        target = choose_target(model, tokens, target=reading)
    switch_off = switching_off(model, replacement, means, stack)
    changes = [
        [switch_off(layer, head) for head in range(shape.heads)] for layer in range(shape.layers)
    ]
    passes = TargetPasses(model, tokens, reading, target)
    values = values_by_head(passes, changes, progress=progress, stop=stop)
    vector = target.kind == "vector"
    effects = 1 - values if vector else values - passes.baseline
    return HeadEffects(
        effects=effects.astype(np.float32),
        target=target,
        baseline=0.0 if vector else passes.baseline,
        stack=stack,
    )
