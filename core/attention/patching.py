"""Activation patching: which head carries what one prompt has and another lacks.

Both prompts are read; then, in the corrupted one, the output of one head at a time is replaced by
what it was in the clean one, at all tokens. Causal mediation analysis of language models: Vig et
al. 2020; Meng et al. 2022, section 2, do the same with hidden states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from core.attention.capture import places_of
from core.attention.changes import HeadChange, HeadOutputRecorder, Place
from core.attention.effects import (
    HeadEffects,
    TargetPasses,
    Unit,
    read_texts,
    values_by_head,
)
from core.attention.places import Stack
from core.attention.recording import FloatArray
from core.attention.replacement import stack_shape
from core.attention.tap import recording
from core.attention.target import Target, choose_target, mask_position
from core.errors import InputError
from core.jobs import Progress, Stop
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatchEffects(HeadEffects):
    """What each head of the clean prompt changes when put into the corrupted one.

    ``effects`` and ``baseline`` are as in HeadEffects, of the corrupted prompt: the log-probability
    of the clean prompt's answer; of a vector its cosine to the clean prompt's. ``clean`` is what
    the clean prompt itself has.
    """

    clean: float

    @property
    def unit(self) -> Unit:
        """The unit of the effects."""
        return "cosine" if self.target.kind == "vector" else "nats"

    @property
    def gap(self) -> float:
        """How far apart the two prompts are, clean − corrupted."""
        return self.clean - self.baseline

    @property
    def recovered(self) -> FloatArray:
        """The share of the gap that each head closes, 1 for all of it. (layer, head)

        NaN where the prompts are no further apart than rounding.
        """
        if abs(self.gap) < 1e-5:
            return np.full_like(self.effects, np.nan)
        shares: FloatArray = self.effects / np.float32(self.gap)
        return shares


def patch_heads(
    model: LanguageModel,
    clean: str | Tokens,
    corrupted: str | Tokens,
    pair: str | Tokens | None = None,
    *,
    target: Target | None = None,
    stack: Stack = "self",
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> PatchEffects:
    """What each head's output in ``clean`` does when it is put into ``corrupted``.

    ``target`` is by default the natural one of the clean prompt (``choose_target``). Of an
    encoder–decoder model both are sources and ``pair`` the decoder's text. ``progress`` and
    ``stop`` as in ``ablation_wall``.
    Raises InputError for prompts of different lengths and for two that are the same, and what
    ``choose_target`` raises.
    """
    shape = stack_shape(model, stack)
    tokens, reading = read_texts(model, clean, pair)
    others, _reading = read_texts(model, corrupted, pair)
    _check(tokens, others)
    if target is None:
        target = choose_target(model, tokens, target=reading)
    if target.kind == "mask":
        mask_position(model, others, target.position)
    aim = TargetPasses(model, tokens, reading, target)
    outputs = _outputs(model, tokens, reading, stack)
    changes = [
        [
            HeadChange(stack=stack, layer=layer, head=head, value=outputs[stack, layer][head])
            for head in range(shape.heads)
        ]
        for layer in range(shape.layers)
    ]
    passes = TargetPasses(model, others, reading, target, reference=aim.output)
    values = values_by_head(passes, changes, progress=progress, stop=stop)
    return PatchEffects(
        effects=(values - passes.baseline).astype(np.float32),
        target=target,
        baseline=passes.baseline,
        stack=stack,
        clean=aim.baseline,
    )


def _check(clean: Tokens, corrupted: Tokens) -> None:
    if len(clean) != len(corrupted):
        raise InputError(
            _(
                "The texts have {clean} and {corrupted} tokens and need the same number: swap "
                "words for others with as many tokens."
            ).format(clean=len(clean), corrupted=len(corrupted))
        )
    if clean.ids == corrupted.ids:
        raise InputError(_("The two texts are the same: change a word in one of them."))


def _outputs(
    model: LanguageModel, tokens: Tokens, reading: Tokens | None, stack: Stack
) -> Mapping[Place, FloatArray]:
    """What every head of ``stack`` gives in an unchanged pass. (head, query, dim)"""
    places = places_of(model)
    wanted = {place for layers in places.layers.values() for place in layers if place[0] == stack}
    recorder = HeadOutputRecorder(places, wanted)
    with torch.inference_mode(), recording(recorder):
        model.network.base_model(**model.inputs(tokens, reading))
    return recorder.outputs
