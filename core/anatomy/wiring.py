"""How the modules of a watched layer hang together: what is added to what, and what is normed.

Read off the numbers of one pass, never off the name of a family: a norm stands before a part if
what the part is given is what the norm made. What does not add up is refused, not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from core.anatomy.observation import AttendedCall, ModuleCall, Observation
from core.language import _

Arrangement = Literal["post", "pre", "both", "after", "parallel", "none"]
"""Where a part's norm stands: after the sum (BERT), before the part (GPT-2, Llama), before it and
after it (Gemma 2), after it alone (OLMo 2), before it beside another part on the same input
(GPT-NeoX), or nowhere."""

_TOLERANCE: Final = 1e-5
"""Of the largest number: two tensors of one pass are the same, or not."""


class UnknownWiringError(LookupError):
    """The parts of a layer do not add up in a way that is known; says which."""


@dataclass(frozen=True, slots=True)
class WiredPart:
    """One part of a layer, an attention or the feed-forward, and how it meets the stream."""

    stream: Tensor  # what the part's output is added to
    arrangement: Arrangement
    before: ModuleCall | None  # the norm whose output the part is given
    given: Tensor  # what the part is given
    made: Tensor  # what the part makes
    after: ModuleCall | None  # the norm of what the part makes
    total: Tensor  # stream + what is added
    norm: ModuleCall | None  # the norm of the total
    result: Tensor


@dataclass(frozen=True, slots=True)
class WiredAttention:
    """The modules of one attention: products of its input, norms of heads, and the last product."""

    attended: AttendedCall
    projections: tuple[ModuleCall, ...]
    head_norms: tuple[ModuleCall, ...]
    output: ModuleCall
    part: WiredPart


@dataclass(frozen=True, slots=True)
class WiredFeedForward:
    """The modules of the feed-forward: one product or two up, the activation, one down."""

    up: tuple[ModuleCall, ...]
    activation: ModuleCall
    down: ModuleCall
    part: WiredPart


@dataclass(frozen=True, slots=True)
class WiredLayer:
    """A layer as its parts, in order."""

    attentions: tuple[WiredAttention, ...]
    feed_forward: WiredFeedForward


def is_product(module: nn.Module) -> bool:
    """Whether a module multiplies by a matrix."""
    return isinstance(module, nn.Linear | Conv1D)


def is_norm(module: nn.Module) -> bool:
    """Whether a module is a norm, by the name that every architecture gives it."""
    return "norm" in type(module).__name__.lower()


def same(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors are the same but for rounding."""
    if one.shape != other.shape:
        return False
    largest = max(float(other.abs().max()), 1e-6)
    return float((one - other).abs().max()) <= _TOLERANCE * largest


def wire(seen: Observation) -> WiredLayer:
    """How the watched layer hangs together; UnknownWiringError where it is not known."""
    products = [call for call in seen.modules if is_product(call.module)]
    norms = [
        call
        for call in seen.modules
        if is_norm(call.module) and call.made.shape == seen.given.shape
    ]
    post = any(same(norm.made, seen.made) for norm in norms)
    attentions: list[WiredAttention] = []
    stream = seen.given
    used: list[ModuleCall] = []
    for attended in seen.attentions:
        attention = _attention(seen, attended, products, norms, stream, post=post)
        used += [*attention.projections, attention.output]
        attentions.append(attention)
        stream = attention.part.result
    rest = [call for call in products if call not in used]
    feed_forward = _feed_forward(seen, rest, norms, attentions, post=post)
    if not same(feed_forward.part.result, seen.made):
        raise UnknownWiringError(_("its parts do not add up to what the layer gives"))
    return WiredLayer(tuple(attentions), feed_forward)


def _attention(
    seen: Observation,
    attended: AttendedCall,
    products: list[ModuleCall],
    norms: list[ModuleCall],
    stream: Tensor,
    *,
    post: bool,
) -> WiredAttention:
    prefix = f"{attended.name}."
    earlier = seen.modules[: attended.before]
    projections = tuple(
        call for call in earlier if is_product(call.module) and call.name.startswith(prefix)
    )
    head_norms = tuple(
        call for call in earlier if is_norm(call.module) and call.name.startswith(prefix)
    )
    concat = attended.output.flatten(1)  # (query, head × dim)
    later = [call for call in seen.modules[attended.before :] if call in products]
    output = next((call for call in later if same(call.given, concat)), None)
    if not projections or output is None:
        raise UnknownWiringError(_("its attention has no matrices that could be told apart"))
    query = next((call for call in projections if _letter(call) == "q"), projections[0])
    part = _part(stream, query.given, output.made, norms, post=post)
    return WiredAttention(attended, projections, head_norms, output, part)


def _feed_forward(
    seen: Observation,
    products: list[ModuleCall],
    norms: list[ModuleCall],
    attentions: list[WiredAttention],
    *,
    post: bool,
) -> WiredFeedForward:
    """The one after the attention; beside it, where both read the same stream."""
    if len(products) not in (2, 3):
        raise UnknownWiringError(_("its feed-forward is not one of two or three matrices"))
    *up, down = products
    if any(not same(call.given, up[0].given) for call in up):
        raise UnknownWiringError(_("the matrices of its feed-forward read different vectors"))
    first, last = seen.modules.index(up[0]), seen.modules.index(down)
    activation = next(
        (call for call in seen.modules[first:last] if _is_activation(call.module)), None
    )
    if activation is None:
        raise UnknownWiringError(_("its feed-forward has no activation of its own"))
    stream = attentions[-1].part.result
    given = up[0].given
    part = _part(stream, given, down.made, norms, post=post)
    if part.arrangement == "none" and not same(given, stream):  # both read the layer's input
        before = _made_from(norms, seen.given, given)
        total = stream + down.made
        part = WiredPart(stream, "parallel", before, given, down.made, None, total, None, total)
        if before is None and not same(given, seen.given):
            raise UnknownWiringError(_("its feed-forward reads vectors of unknown origin"))
    return WiredFeedForward(tuple(up), activation, down, part)


def _part(
    stream: Tensor, given: Tensor, made: Tensor, norms: list[ModuleCall], *, post: bool
) -> WiredPart:
    before = None if same(given, stream) else _made_from(norms, stream, given)
    after = next((norm for norm in norms if same(norm.given, made)), None)
    total = stream + (made if after is None else after.made)
    norm = next((norm for norm in norms if same(norm.given, total)), None) if post else None
    arrangement: Arrangement = "none"
    if norm is not None:
        arrangement = "post"
    elif after is not None:
        arrangement = "both" if before is not None else "after"
    elif before is not None:
        arrangement = "pre"
    result = total if norm is None else norm.made
    return WiredPart(stream, arrangement, before, given, made, after, total, norm, result)


def _made_from(norms: list[ModuleCall], stream: Tensor, given: Tensor) -> ModuleCall | None:
    """The norm that made ``given`` of the stream."""
    return next(
        (norm for norm in norms if same(norm.given, stream) and same(norm.made, given)), None
    )


def _is_activation(module: nn.Module) -> bool:
    return not (
        is_product(module)
        or is_norm(module)
        or isinstance(module, nn.Dropout | nn.Identity | nn.Embedding)
        or any(True for _weights in module.parameters())
    )


def _letter(call: ModuleCall) -> str:
    """q, k or v, as the module that projects is called in every architecture that has three."""
    return call.name.rpartition(".")[2][:1].lower()


def product_weight(module: nn.Module) -> tuple[Tensor, Tensor | None]:
    """The matrix by which a row is multiplied from the right, (in, out), and what is added."""
    if not isinstance(module, nn.Linear | Conv1D):
        raise TypeError(f"{type(module).__name__} multiplies by no matrix")
    weight = module.weight.detach()
    bias = module.bias
    turned = weight if isinstance(module, Conv1D) else weight.T
    return turned, None if bias is None else bias.detach()


def gated(up: tuple[ModuleCall, ...], activation: ModuleCall, inner: Tensor) -> Tensor | None:
    """What the activated vectors are multiplied with; None where they go on as they are."""
    if same(activation.made, inner):
        return None
    if len(up) == 2:
        other = next(call.made for call in up if not same(call.made, activation.given))
    else:
        first, second = torch.chunk(up[0].made, 2, dim=-1)
        other = second if same(first, activation.given) else first
    if not same(activation.made * other, inner):
        raise UnknownWiringError(_("its feed-forward is gated in a way of its own"))
    return other
