"""Does a head matter: what changes in the output when it is switched off.

A head is switched off by replacing its output, by 0 or by its mean, before the output projection
mixes the heads; zeroing the output of the whole attention module would be something else. For the
effect of every head on one word see ``core.attention.ablation_wall``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from core.attention.capture import places_of
from core.attention.changes import HeadChanger, Variant
from core.attention.recording import FloatArray
from core.attention.replacement import HeadMeans, Replacement, switching_off
from core.attention.tap import recording
from core.attention.target import mask_position
from core.errors import UnsupportedError
from core.language import _
from core.prediction import logits_at
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Heads = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationEffect:
    """What a model predicts with all heads and without some, as log-probabilities. (vocab,)

    At ``position``: the last token of a causal model, the first mask of a masked one, the
    decoder's last token of an encoder–decoder model.
    """

    position: int
    baseline: FloatArray
    ablated: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class AblatedVectors:
    """The last layer's vectors with all heads and without some. (token, hidden)"""

    tokens: Tokens
    baseline: FloatArray
    ablated: FloatArray


def ablate_heads(
    model: LanguageModel,
    text: str,
    heads: Heads,
    pair: str | None = None,
    *,
    replacement: Replacement = "zero",
    means: HeadMeans | None = None,
) -> AblationEffect:
    """What switching ``heads``, pairs of (layer, head), off changes in the prediction.

    ``replacement`` puts 0 or, with ``means``, each head's mean output in its place. Without heads
    nothing changes, to 0.0. Raises UnsupportedError for a model that predicts no tokens,
    InputError for heads that are not there and for a masked model's text without a mask.
    """
    if model.kind == "encoder":
        raise UnsupportedError(
            _("{id} predicts no tokens: compare its vectors (ablated_vectors).").format(id=model.id)
        )
    switch_off = switching_off(model, replacement, means)
    off = [switch_off(layer, head) for layer, head in heads]
    tokens = model.encode_source(text, pair)
    target = model.encode_target(pair) if model.kind == "seq2seq" else None
    masked = model.kind == "masked"
    position = mask_position(model, tokens) if masked else len(target or tokens) - 1
    inputs = model.inputs(tokens, target)
    baseline, ablated = (
        _log_probabilities(model, inputs, position, changes) for changes in ([], off)
    )
    return AblationEffect(position=position, baseline=baseline, ablated=ablated)


def ablated_vectors(
    model: LanguageModel,
    text: str,
    heads: Heads,
    pair: str | None = None,
    *,
    replacement: Replacement = "zero",
    means: HeadMeans | None = None,
) -> AblatedVectors:
    """What switching ``heads`` off changes in the vector of each token, after the last layer."""
    switch_off = switching_off(model, replacement, means)
    off = [switch_off(layer, head) for layer, head in heads]
    tokens = model.encode(text, pair)
    inputs = model.inputs(tokens)
    baseline, ablated = (_vectors(model, inputs, changes) for changes in ([], off))
    return AblatedVectors(tokens=tokens, baseline=baseline, ablated=ablated)


def _log_probabilities(
    model: LanguageModel, inputs: dict[str, Tensor], position: int, changes: Variant
) -> FloatArray:
    with recording(HeadChanger(places_of(model), [changes])):
        logits = logits_at(model.network, inputs, [position])[0, 0]
    return _floats(torch.log_softmax(logits.float(), dim=-1))


def _vectors(model: LanguageModel, inputs: dict[str, Tensor], changes: Variant) -> FloatArray:
    with torch.inference_mode(), recording(HeadChanger(places_of(model), [changes])):
        return _floats(model.network.base_model(**inputs)["last_hidden_state"][0])


def _floats(tensor: Tensor) -> FloatArray:
    array: FloatArray = tensor.float().cpu().numpy()
    return array
