"""The matrices that a formula names, cut out of the network: columns, rows, vectors of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from core.anatomy.heads import floats
from core.anatomy.memory import bytes_of
from core.anatomy.wiring import product_weight
from core.attention.places import Stack
from core.attention.recording import FloatArray

if TYPE_CHECKING:
    from core.anatomy.feed_forward import FeedForwardAnatomy
    from core.anatomy.layer import LayerAnatomy
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPart:
    """A part of a matrix of the network, as it multiplies rows from the right, and its bias."""

    values: FloatArray  # (in, out)
    bias: FloatArray | None  # (out,)
    whole: tuple[int, int]
    """The shape of the whole matrix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuronMatrices:
    """The columns of W₁ (and of the gate) and the rows of W₂ that belong to some neurons."""

    neurons: tuple[int, ...]
    up: MatrixPart  # (hidden, neuron)
    gate: MatrixPart | None  # (hidden, neuron)
    down: MatrixPart  # (neuron, hidden)

    @property
    def nbytes(self) -> int:
        """The memory of all arrays, each once."""
        return bytes_of(self)


def columns_of(
    model: LanguageModel, stack: Stack, layer: int, module: str, columns: slice | Sequence[int]
) -> MatrixPart:
    """Some columns of the matrix of a module of a layer."""
    weight, bias = product_weight(_module(model, stack, layer, module))
    chosen = columns if isinstance(columns, slice) else list(columns)
    return MatrixPart(
        values=floats(weight[:, chosen]),
        bias=None if bias is None else floats(bias[chosen]),
        whole=(weight.shape[0], weight.shape[1]),
    )


def rows_of(
    model: LanguageModel, stack: Stack, layer: int, module: str, rows: Sequence[int]
) -> MatrixPart:
    """Some rows of the matrix of a module of a layer, with its whole bias."""
    weight, bias = product_weight(_module(model, stack, layer, module))
    return MatrixPart(
        values=floats(weight[list(rows)]),
        bias=None if bias is None else floats(bias),
        whole=(weight.shape[0], weight.shape[1]),
    )


def strongest_neurons(feed_forward: FeedForwardAnatomy, count: int) -> tuple[int, ...]:
    """The neurons whose ``inner`` is largest for any token, in the order of the matrix."""
    largest = torch.from_numpy(feed_forward.inner).abs().amax(0)
    chosen = largest.topk(min(count, len(largest))).indices
    return tuple(sorted(chosen.tolist()))


def neuron_matrices(
    model: LanguageModel, anatomy: LayerAnatomy, neurons: Sequence[int]
) -> NeuronMatrices:
    """The matrices of the feed-forward at some neurons."""
    own, block = anatomy.feed_forward, (anatomy.stack, anatomy.layer)
    ups = [own.up_start + neuron for neuron in neurons]
    gates = [own.gate_start + neuron for neuron in neurons]
    return NeuronMatrices(
        neurons=tuple(neurons),
        up=columns_of(model, *block, own.up_module, ups),
        gate=columns_of(model, *block, own.gate_module, gates) if own.gate_module else None,
        down=rows_of(model, *block, own.down_module, neurons),
    )


def word_matrix(model: LanguageModel, words: Sequence[int]) -> MatrixPart:
    """The columns of W_vocab that belong to some tokens, by their ids. (width, word)"""
    head = model.network.get_output_embeddings()
    weight, bias = head.weight.detach(), getattr(head, "bias", None)
    added = getattr(model.network, "final_logits_bias", None)  # BART, Marian
    if bias is None and isinstance(added, Tensor):
        bias = added[0]
    chosen = list(words)
    return MatrixPart(
        values=floats(weight[chosen].T),
        bias=None if bias is None else floats(bias[chosen]),
        whole=(weight.shape[1], weight.shape[0]),
    )


def _module(model: LanguageModel, stack: Stack, layer: int, name: str) -> nn.Module:
    if model.blocks is None:
        raise LookupError("a model without layers has no anatomy")
    block, _call = model.blocks.calls[stack, layer]
    return block.get_submodule(name)
