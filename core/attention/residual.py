"""The residual stream of a pre-norm causal model: what is added to it, and how it is read.

In such a model every layer adds its heads' outputs, through the output projection, straight to the
stream; the final norm and the vocabulary read the sum. Whether a network is like that is found out
by looking at one pass, not by its name. What the parts mean is not known here.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from core.attention.blocks import NetworkBlocks, given_vectors, made_vectors

_PROJECTIONS: Final = ("o_proj", "out_proj", "c_proj", "dense", "out_lin", "Wo", "o")
_TOLERANCE: Final = 1e-3
"""Of the largest number: sums are the same but for rounding, or wholly different."""


@dataclass(frozen=True, slots=True)
class BlockPass:
    """One call of a block: what it got and gave."""

    block: nn.Module
    forward: Callable[..., object]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    output: object


class BlockWitness:
    """A block runner that remembers every call."""

    def __init__(self) -> None:
        self.passes: list[BlockPass] = []

    def run(
        self,
        block: nn.Module,
        forward: Callable[..., object],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> object:
        """What the block gives."""
        output = forward(*args, **kwargs)
        self.passes.append(BlockPass(block, forward, args, kwargs, output))
        return output


@dataclass(frozen=True, slots=True)
class FrozenReading:
    """The logit of a token as ``direction`` · stream + ``constant``, the norm's scale frozen."""

    direction: Tensor  # (hidden,), float64
    constant: float

    def of(self, stream: Tensor) -> float:
        """The logit that a stream (hidden,) gives."""
        return float(self.direction @ stream) + self.constant


def exact(tensor: Tensor) -> Tensor:
    """``tensor`` in float64, on the CPU: MPS has no such numbers."""
    return tensor.detach().cpu().double()


def at(output: object, position: int) -> Tensor:
    """What a block or module gives at ``position``. (hidden,), float64"""
    return exact(made_vectors(output)[0, position])


def output_projection(attention: nn.Module) -> nn.Linear | Conv1D:
    """The layer with which an attention module mixes its heads; LookupError if unknown."""
    for name in _PROJECTIONS:
        found = getattr(attention, name, None)
        if isinstance(found, nn.Linear | Conv1D):
            return found
    raise LookupError(f"{type(attention).__name__} has no output projection of a known name")


def projection_weight(projection: nn.Linear | Conv1D) -> Tensor:
    """(head × dim, hidden), float64"""
    weight = exact(projection.weight)
    return weight if isinstance(projection, Conv1D) else weight.T


def adds_straight(call: BlockPass, blocks: NetworkBlocks, position: int) -> bool:
    """Whether a block gave its input, plus its attention's output, plus that of one more module."""
    seen: list[tuple[str, Tensor]] = []

    def see(module: nn.Module, _inputs: object, output: object) -> None:
        found = output[0] if isinstance(output, tuple) else output
        # OPT's feed-forward layers see all tokens in a row.
        if isinstance(found, Tensor) and found.shape[-2:] == whole.shape[-2:]:
            seen.append((names[module], exact(found.reshape(whole.shape)[0, position])))

    # A copy that shares the weights: hooks on the block itself would be everybody's.
    weights = {id(part): part for part in (*call.block.parameters(), *call.block.buffers())}
    twin = copy.deepcopy(call.block, dict(weights))
    whole = given_vectors(call.args, call.kwargs)
    names = {module: name for name, module in twin.named_modules() if name}
    for module in names:
        module.register_forward_hook(see)
    with torch.inference_mode():
        given = at(twin(*call.args, **call.kwargs), position)
    attention = next(
        name
        for name, module in call.block.named_modules()
        if module is blocks.attentions[call.block][0]
    )
    added = [vector for name, vector in seen if name == attention]
    if len(added) != 1:
        return False
    rest = given - at(whole, position) - added[0]
    others = [vector for name, vector in seen if not name.startswith(attention)]
    return any(close(rest, vector, given) for vector in others)


def frozen_reading(
    network: PreTrainedModel, blocks: NetworkBlocks, stream: Tensor, normed: Tensor, token: int
) -> FrozenReading:
    """How ``network`` reads the logit of ``token`` from ``stream``, whose norm is ``normed``.

    Raises LookupError where the last norm is none that is known.
    """
    head = network.get_output_embeddings()
    word = exact(head.weight[token])
    bias = getattr(head, "bias", None)
    constant = 0.0 if bias is None else float(bias[token])
    if close(stream, normed, normed):  # read as it is
        return FrozenReading(word, constant)
    inside = {module for block in blocks.attentions for module in block.modules()}
    for norm in network.base_model.modules():
        weight = getattr(norm, "weight", None)
        if norm in inside or not isinstance(weight, Tensor) or weight.shape != stream.shape:
            continue
        weight = exact(weight)
        if isinstance(norm, nn.LayerNorm):
            shift = torch.zeros_like(weight) if norm.bias is None else exact(norm.bias)
            scale = (stream.var(correction=0) + norm.eps).rsqrt()
            if close((stream - stream.mean()) * scale * weight + shift, normed, normed):
                direction = word * weight * scale
                return FrozenReading(direction - direction.mean(), constant + float(shift @ word))
        else:
            scale = (stream.square().mean() + _epsilon(norm)).rsqrt()
            for factor in (weight, 1 + weight):  # the second in Gemma
                if close(stream * scale * factor, normed, normed):
                    return FrozenReading(word * factor * scale, constant)
    raise LookupError("the last norm is none that is known")


def close(first: Tensor, second: Tensor, scale: Tensor) -> bool:
    """Whether two vectors are the same but for rounding, as large as ``scale``."""
    return float((first - second).abs().max()) <= _TOLERANCE * float(scale.abs().max())


def _epsilon(norm: nn.Module) -> float:
    return float(getattr(norm, "variance_epsilon", getattr(norm, "eps", 0.0)) or 0.0)
