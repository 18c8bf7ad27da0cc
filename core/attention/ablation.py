"""Does a head matter: what changes in the output when it is switched off.

A head is switched off by setting its output to 0 before the output projection mixes the heads;
zeroing the output of the whole attention module would be something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from core.attention.capture import places_of
from core.attention.places import Stack
from core.attention.recording import AttentionRecorder, FloatArray
from core.attention.tap import recording
from core.errors import InputError, UnsupportedError
from core.language import _
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
    model: LanguageModel, text: str, heads: Heads, pair: str | None = None
) -> AblationEffect:
    """What switching ``heads``, pairs of (layer, head), off changes in the prediction.

    Without heads nothing changes, to 0.0. Raises UnsupportedError for a model that predicts no
    tokens, InputError for heads that are not there and for a masked model's text without a mask.
    """
    if model.kind == "encoder":
        raise UnsupportedError(
            _("{id} predicts no tokens: compare its vectors (ablated_vectors).").format(id=model.id)
        )
    off = _checked(model, heads)
    tokens = model.encode_source(text, pair)
    target = model.encode_target(pair) if model.kind == "seq2seq" else None
    position = _position(model, target or tokens)
    inputs = model.inputs(tokens, target)
    baseline, ablated = (
        _log_probabilities(_run(model.network, model, inputs, chosen), position)
        for chosen in ({}, off)
    )
    return AblationEffect(position=position, baseline=baseline, ablated=ablated)


def ablated_vectors(
    model: LanguageModel, text: str, heads: Heads, pair: str | None = None
) -> AblatedVectors:
    """What switching ``heads`` off changes in the vector of each token, after the last layer."""
    off = _checked(model, heads)
    tokens = model.encode(text, pair)
    inputs = model.inputs(tokens)
    body = model.network.base_model
    baseline, ablated = (
        _floats(_run(body, model, inputs, chosen)["last_hidden_state"][0]) for chosen in ({}, off)
    )
    return AblatedVectors(tokens=tokens, baseline=baseline, ablated=ablated)


def _run(
    network: torch.nn.Module,
    model: LanguageModel,
    inputs: dict[str, Tensor],
    off: dict[tuple[Stack, int], list[int]],
) -> dict[str, Tensor]:
    with torch.inference_mode(), recording(AttentionRecorder(places_of(model), {}, off=off)):
        return dict(network(**inputs))


def _log_probabilities(outputs: dict[str, Tensor], position: int) -> FloatArray:
    logits = outputs["logits"] if "logits" in outputs else outputs["prediction_logits"]
    return _floats(torch.log_softmax(logits[0, position].float(), dim=-1))


def _floats(tensor: Tensor) -> FloatArray:
    array: FloatArray = tensor.float().cpu().numpy()
    return array


def _checked(model: LanguageModel, heads: Heads) -> dict[tuple[Stack, int], list[int]]:
    shape = places_of(model).shapes["self"]
    off: dict[tuple[Stack, int], list[int]] = {}
    for layer, head in heads:
        if not (0 <= layer < shape.layers and 0 <= head < shape.heads):
            raise InputError(
                _(
                    "There is no head {head} in layer {layer}: layers go to {layers}, heads to "
                    "{heads}, both from 0."
                ).format(head=head, layer=layer, layers=shape.layers - 1, heads=shape.heads - 1)
            )
        off.setdefault(("self", layer), []).append(head)
    return off


def _position(model: LanguageModel, tokens: Tokens) -> int:
    if model.kind != "masked":
        return len(tokens) - 1
    mask = model.tokenizer.mask_token_id
    if mask is None or mask not in tokens.ids:
        raise InputError(
            _("The text has no mask: write {mask} where a word is to be predicted.").format(
                mask=model.tokenizer.mask_token or "[MASK]"
            )
        )
    return tokens.ids.index(mask)
