"""Attention rollout: what reaches each token through all layers, if attention were all there is.

Takes every layer's attention as a mixing of tokens and multiplies them. It knows nothing of values,
of the feed-forward layers or of what an attention output is worth, and so explains nothing by
itself: see ``core.attention.ablation`` for what matters.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from torch import Tensor

from core.attention.capture import AttentionCapture
from core.attention.places import Stack
from core.attention.recording import FloatArray
from core.attention.stack import AttentionStack
from core.errors import InputError
from core.language import _

_AXES: Final = 4  # (layer, head, query, key)


def attention_rollout(weights: FloatArray) -> FloatArray:
    """The rollout of all layers, each row summing to 1. (query, key)

    ``weights`` are (layer, head, query, key), first layer first. Abnar and Zuidema 2020,
    "Quantifying Attention Flow in Transformers", with the mean over heads as in their code
    (attention_flow): A' = A + I with rows made to sum to 1, for the residual connection, and
    J_i = A'_i · J_{i−1}. Raises InputError for another shape.
    """
    every = np.asarray(weights, dtype=np.float32)
    if every.ndim != _AXES or 0 in every.shape or every.shape[2] != every.shape[3]:
        raise InputError(
            _(
                "Rollout needs weights of (layer, head, query, key) with as many queries as keys; "
                "these are {shape}."
            ).format(shape=" × ".join(map(str, every.shape)) or "0")
        )
    rolled = _mixing(every[0])
    for layer in every[1:]:
        rolled = _mixing(layer) @ rolled
    return _array(rolled)


def rollout_of(
    attention: AttentionCapture | AttentionStack,
    *,
    layer: int | None = None,
    stack: Stack = "self",
) -> FloatArray:
    """``attention_rollout`` of what was captured, up to ``layer`` with it, or of all. (query, key)

    Holds one layer's weights at a time. ``stack`` names which attention of a capture; a decoder's
    leaves out what comes to it from the source. Raises InputError where rollout is not defined:
    across two texts, without the layers below, with some queries only.
    """
    chosen = _stack(attention, stack)
    _check_rows(attention, chosen)
    last = chosen.layers[-1] if layer is None else layer
    if chosen.layers != tuple(range(len(chosen.layers))):
        raise InputError(
            _("Rollout starts at layer 0 and needs every layer: the capture holds {kept}.").format(
                kept=", ".join(map(str, chosen.layers))
            )
        )
    if last not in chosen.layers:
        raise InputError(
            _("There is no layer {layer}: choose from 0 to {last}.").format(
                layer=last, last=chosen.layers[-1]
            )
        )
    rolled: Tensor | None = None
    for number, weights in chosen.by_layer():
        mixing = _mixing(weights)
        rolled = mixing if rolled is None else mixing @ rolled
        if number == last:
            return _array(rolled)
    raise AssertionError("the last layer is one of those kept")


def _mixing(weights: FloatArray) -> Tensor:
    """A' of one layer from its weights (head, query, key): (query, key).

    In torch, which makes the weights too: numpy's products have threads of their own, and the two
    waiting for each other took four times as long on a busy machine.
    """
    mixed = torch.tensor(weights).mean(dim=0)  # a copy: what is given may be read-only
    mixed.diagonal().add_(1)  # the residual connection
    mixed /= mixed.sum(dim=1, keepdim=True)
    return mixed


def _array(rolled: Tensor) -> FloatArray:
    array: FloatArray = rolled.numpy()
    return array


def _stack(attention: AttentionCapture | AttentionStack, stack: Stack) -> AttentionStack:
    if isinstance(attention, AttentionStack):
        return attention
    if stack == "cross":
        raise _across_texts()
    chosen = attention.main if stack == "self" else attention.decoder
    if chosen is None:
        raise InputError(_("The capture holds no decoder: choose an encoder–decoder model."))
    return chosen


def _check_rows(attention: AttentionCapture | AttentionStack, chosen: AttentionStack) -> None:
    record = chosen.records[0]
    rows, keys = record.queries.shape[1], record.keys.shape[1]
    if isinstance(attention, AttentionCapture) and chosen is attention.main:
        if attention.queries_kept != tuple(range(keys)):
            raise InputError(
                _("Rollout needs the row of every token: this capture holds {rows} of {count}.")
                .format(rows=rows, count=keys)
            )  # fmt: skip
    elif rows != keys:
        raise _across_texts()


def _across_texts() -> InputError:
    return InputError(
        _(
            "Rollout is not defined where the queries are not the keys, as in cross attention: "
            "choose the encoder or the decoder."
        )
    )
