"""What each head says itself: its direct contribution to the logit of a token.

Every head of a pre-norm model adds a vector to the residual stream, and the logit is read from the
sum. With the scale of the final norm frozen at what it was, the logit is a sum of the parts: the
logit lens (nostalgebraist 2020) of each part by itself, as in Elhage et al. 2021, "A Mathematical
Framework for Transformer Circuits". What a head does through later layers is not in it: for that,
switch it off (``core.attention.ablation_wall``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from core.attention.blocks import NetworkBlocks, stepping
from core.attention.capture import places_of
from core.attention.changes import HeadOutputRecorder
from core.attention.recording import FloatArray
from core.attention.residual import (
    BlockWitness,
    adds_straight,
    at,
    close,
    frozen_reading,
    output_projection,
    projection_weight,
)
from core.attention.tap import recording
from core.attention.target import Target, choose_target
from core.errors import UnsupportedError
from core.language import _
from core.prediction import logits_at
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadContributions:
    """The logit of ``target`` as a sum: every head's part, and the rest.

    ``rest`` is what the embedding, the feed-forward layers and all biases add. The sum of all
    parts is ``logit``, the model's own. Logits have no zero of their own: compare parts with each
    other, or those of two words.
    """

    heads: FloatArray  # (layer, head)
    rest: float
    logit: float
    target: Target


def head_contributions(
    model: LanguageModel, text: str | Tokens, *, target: Target | None = None
) -> HeadContributions:
    """What each head adds to the logit of ``target``, by default of the most probable next token.

    Raises UnsupportedError for a model that is not causal and for one whose layers do not add
    straight to the residual stream (post-norm), and what ``choose_target`` raises.
    """
    blocks = _blocks(model)
    tokens = model.encode(text) if isinstance(text, str) else text
    if target is None:
        target = choose_target(model, tokens)
    if target.token_id is None:
        raise UnsupportedError(_("A vector has no logit: choose a word that is predicted."))
    try:
        return _contributions(model, blocks, tokens, target, target.token_id)
    except LookupError as error:
        raise _not_straight(model) from error


def _contributions(
    model: LanguageModel, blocks: NetworkBlocks, tokens: Tokens, target: Target, token: int
) -> HeadContributions:
    places = places_of(model)
    modules = {place: module for module, found in places.layers.items() for place in found}
    recorder, witness = HeadOutputRecorder(places, modules), BlockWitness()
    inputs = model.inputs(tokens)
    with torch.inference_mode(), recording(recorder), stepping(witness):
        outputs = model.network.base_model(**inputs, use_cache=False)
    place = target.position
    if not all(adds_straight(call, blocks, place) for call in witness.passes):
        raise LookupError("a block changes what its parts give before it adds them")
    stream = at(witness.passes[-1].output, place)
    normed = at(outputs["last_hidden_state"], place)
    reading = frozen_reading(model.network, blocks, stream, normed, token)
    logit = float(logits_at(model.network, inputs, [place])[0, 0, token])
    if not close(torch.tensor(reading.of(stream)), torch.tensor(logit), normed.new_ones(1) * 10):
        raise LookupError("the logits are changed after the vocabulary")
    heads = torch.stack(
        [
            _shares(
                recorder.outputs["self", layer][:, place], modules["self", layer], reading.direction
            )
            for layer in range(places.shapes["self"].layers)
        ]
    )  # (layer, head)
    found: FloatArray = heads.numpy().astype(np.float32)
    return HeadContributions(
        heads=found, rest=reading.of(stream) - float(heads.sum()), logit=logit, target=target
    )


def _shares(outputs: FloatArray, attention: torch.nn.Module, direction: Tensor) -> Tensor:
    """What the heads' outputs (head, dim) add to the logit through the projection. (head,)"""
    seen = projection_weight(output_projection(attention)) @ direction  # (head × dim,)
    vectors = torch.from_numpy(outputs).to(seen)
    return (vectors * seen.view(vectors.shape)).sum(-1)


def _blocks(model: LanguageModel) -> NetworkBlocks:
    places_of(model)
    if model.kind != "causal":
        raise UnsupportedError(
            _("{id} predicts no next token: head contributions need a causal model.").format(
                id=model.id
            )
        )
    if model.blocks is None:
        raise _not_straight(model)
    return model.blocks


def _not_straight(model: LanguageModel) -> UnsupportedError:
    return UnsupportedError(
        _(
            "The layers of {id} do not add what their heads give straight to the sum that is read "
            "at the end, so it has no direct contributions: switch heads off instead."
        ).format(id=model.id)
    )
