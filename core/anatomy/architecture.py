"""What a loaded model is made of: its parts in order, and how many parameters each holds.

Counted from the network, every tensor once, so that the parts add up to the whole. What the parts
compute is not said here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from torch import nn

from core.anatomy.observation import observe
from core.anatomy.wiring import UnknownWiringError, WiredLayer, is_norm, wire
from core.attention.capture import places_of
from core.attention.places import SOURCE_PROBE, Stack
from core.errors import UnsupportedError

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

PartKind = Literal["embedding", "layer", "final", "vocabulary", "other"]
SubKind = Literal["attention", "cross", "feed_forward", "norms"]
SUB_KINDS: Final[tuple[SubKind, ...]] = ("attention", "cross", "feed_forward", "norms")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubPart:
    """A part of a layer and its parameters."""

    kind: SubKind
    parameters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPart:
    """One part of a model, in the order in which a text passes it.

    ``stack`` and ``layer`` tell layers apart; ``stack`` is "self" for what is not of a decoder that
    reads an encoder. ``sub_parts`` add up to ``parameters``; empty where a layer's could not be
    told apart. ``shared`` says that its parameters are those of a part before (ALBERT's layers, a
    vocabulary that is the embedding's table) and counted there.
    """

    kind: PartKind
    stack: Stack = "self"
    layer: int | None = None
    parameters: int
    sub_parts: tuple[SubPart, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A model as its parts; ``inner`` is the width of the feed-forward, 0 where it is not known."""

    model: str
    network: str
    kind: str
    dtype: str
    layers: int
    decoder_layers: int
    heads: int
    kv_heads: int
    head_dim: int
    hidden: int
    inner: int
    vocabulary: int
    max_tokens: int
    parameters: int
    parts: tuple[ModelPart, ...]


def describe_architecture(model: LanguageModel) -> Architecture:
    """The parts of ``model``; UnsupportedError where its attention cannot be recorded."""
    places_of(model)
    wired = {stack: _wired(model, stack) for stack in _stacks(model)}
    inner = next(
        (own.feed_forward.down.given.shape[-1] for own in wired.values() if own is not None), 0
    )
    shape = model.shape
    return Architecture(
        model=model.id,
        network=type(model.network).__name__,
        kind=model.kind,
        dtype=str(model.dtype).removeprefix("torch."),
        layers=shape.layers,
        decoder_layers=shape.decoder_layers,
        heads=shape.heads,
        kv_heads=shape.kv_heads,
        head_dim=shape.head_dim,
        hidden=shape.hidden,
        inner=int(inner),
        vocabulary=shape.vocab,
        max_tokens=shape.max_tokens,
        parameters=sum(part.numel() for part in model.network.parameters()),
        parts=tuple(_parts(model, wired)),
    )


def _stacks(model: LanguageModel) -> tuple[Stack, ...]:
    return ("self", "decoder") if model.kind == "seq2seq" else ("self",)


def _wired(model: LanguageModel, stack: Stack) -> WiredLayer | None:
    """How the layers of a stack hang together, found with a few tokens; None where unknown."""
    ids = [number % model.shape.vocab for number in range(5, 5 + SOURCE_PROBE)]
    tokens = model.reader.read_ids(ids)
    target = tokens if model.kind == "seq2seq" else None
    try:
        return wire(observe(model, tokens, target, stack=stack, layer=0))
    except (UnknownWiringError, UnsupportedError):
        return None


def _parts(model: LanguageModel, wired: Mapping[Stack, WiredLayer | None]) -> Iterator[ModelPart]:
    network, counted = model.network, set[int]()
    blocks = model.blocks
    calls = {} if blocks is None else dict(blocks.calls)
    inside = {id(weights) for block, _call in calls.values() for weights in block.parameters()}
    head = network.get_output_embeddings()
    output = {id(weights) for weights in head.parameters()} if head is not None else set()
    outside = [
        (name, weights) for name, weights in network.named_parameters() if id(weights) not in inside
    ]
    words_in = {id(weights) for weights in network.get_input_embeddings().parameters()}
    first = [weights for name, weights in outside if id(weights) in words_in or _embeds(name)]
    yield ModelPart(kind="embedding", parameters=_count(first, counted))
    for stack in _stacks(model):
        for layer in range(sum(1 for found, _number in calls if found == stack)):
            block, _call = calls[stack, layer]
            subs = tuple(_sub_parts(block, wired.get(stack), counted))
            own = _count(block.parameters(), counted)
            parameters = own + sum(sub.parameters for sub in subs)
            yield ModelPart(
                kind="layer",
                stack=stack,
                layer=layer,
                parameters=parameters,
                sub_parts=subs,
                shared=parameters == 0,
            )
    rest = [(name, weights) for name, weights in outside if id(weights) not in counted]
    apart = [weights for name, weights in rest if "pooler" in name or "seq_relationship" in name]
    words = [weights for name, weights in rest if id(weights) in output]
    others = {id(weights) for weights in (*apart, *words)}
    final = [weights for name, weights in rest if id(weights) not in others]
    if final:
        yield ModelPart(kind="final", parameters=_count(final, counted))
    if head is not None:
        own = _count(words, counted)
        tied = any(id(weights) in counted for weights in head.parameters()) and own < sum(
            weights.numel() for weights in head.parameters()
        )
        yield ModelPart(kind="vocabulary", parameters=own, shared=tied)
    if apart:
        yield ModelPart(kind="other", parameters=_count(apart, counted))


def _embeds(name: str) -> bool:
    """Whether a tensor outside the layers belongs to what stands before them, by its name."""
    return any(part in name.lower() for part in ("embed", "wpe", "project_in"))


def _sub_parts(block: nn.Module, wired: WiredLayer | None, counted: set[int]) -> Iterator[SubPart]:
    """Attention, cross attention, feed-forward and norms of a layer, each tensor once."""
    if wired is None:
        return
    norms = [
        weights for module in block.modules() if is_norm(module) for weights in module.parameters()
    ]
    kinds: list[tuple[SubKind, list[str]]] = []
    for part in wired.attentions:
        names = [call.name for call in (*part.projections, part.output)]
        kinds.append(("cross" if part.attended.stack == "cross" else "attention", names))
        kinds[-1][1].append(part.attended.name)  # a bias by distance, say
    feed_forward = wired.feed_forward
    kinds.append(("feed_forward", [call.name for call in (*feed_forward.up, feed_forward.down)]))
    counts: dict[SubKind, int] = {"norms": _count(norms, counted)}
    for kind, names in kinds:
        weights = [part for name in names for part in block.get_submodule(name).parameters()]
        counts[kind] = counts.get(kind, 0) + _count(weights, counted)
    for kind in SUB_KINDS:
        if counts.get(kind):
            yield SubPart(kind=kind, parameters=counts[kind])


def _count(weights: Iterable[nn.Parameter], counted: set[int]) -> int:
    """How many numbers ``weights`` hold that were not counted yet."""
    total = 0
    for part in weights:
        if id(part) not in counted:
            counted.add(id(part))
            total += part.numel()
    return total
