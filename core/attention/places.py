"""Where each attention of a network stands: in which stack, and in which layer of it.

Found by a tiny forward pass at loading, because the attribute ``layer_idx`` is missing in several
architectures and one module may serve many layers (ALBERT).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from core.attention.tap import AttentionCall, recording

Stack = Literal["self", "decoder", "cross"]
STACKS: Final[tuple[Stack, ...]] = ("self", "decoder", "cross")
"""The one stack of most models is "self", the encoder's of an encoder–decoder model too."""

SOURCE_PROBE: Final = 4
TARGET_PROBE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StackShape:
    """The size of one stack."""

    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    causal: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttentionPlaces:
    """Every attention of a network: ``layers`` tells a module's layer at each of its calls."""

    layers: Mapping[nn.Module, tuple[tuple[Stack, int], ...]]
    shapes: Mapping[Stack, StackShape]

    def counter(self) -> PlaceCounter:
        """A counter for one forward pass."""
        return PlaceCounter(self)


class PlaceCounter:
    """Says of each call of one forward pass where it stands."""

    def __init__(self, places: AttentionPlaces) -> None:
        self._layers = places.layers
        self._calls: Counter[nn.Module] = Counter()

    def place(self, module: nn.Module) -> tuple[Stack, int]:
        """The stack and the layer of the call that ``module`` makes now."""
        number = self._calls[module]
        self._calls[module] += 1
        places = self._layers[module]
        return places[number % len(places)]


class _Finder:
    """A recorder that only notes who calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[Stack, nn.Module]] = []
        self.shapes: dict[Stack, StackShape] = {}

    def attend(self, call: AttentionCall) -> Tensor:
        # The probe's source and target differ in length, which tells the stacks apart.
        queries, keys = call.query.shape[2], call.key.shape[2]
        stack: Stack = "self"
        if queries == TARGET_PROBE:
            stack = "decoder" if keys == TARGET_PROBE else "cross"
        self.calls.append((stack, call.module))
        if stack in self.shapes:
            known = self.shapes[stack]
            self.shapes[stack] = replace(known, layers=known.layers + 1)
            return call.plain()
        visible = call.visible()
        self.shapes[stack] = StackShape(
            layers=1,
            heads=call.query.shape[1],
            kv_heads=call.key.shape[1],
            head_dim=call.query.shape[3],
            causal=visible is not None and not bool(visible.triu(1).any()),
        )
        return call.plain()


def vocabulary_of(network: PreTrainedModel) -> int:
    """How many tokens ``network`` has a vector for."""
    return int(network.get_input_embeddings().num_embeddings)


def find_places(
    network: PreTrainedModel, *, seq2seq: bool
) -> tuple[AttentionPlaces | None, dict[str, Tensor]]:
    """Run ``network`` once on four tokens; where its attention stands, and its outputs.

    None where its attention does not pass the tap.
    """
    finder = _Finder()
    device = network.device
    source = torch.arange(5, 5 + SOURCE_PROBE, device=device)[None] % vocabulary_of(network)
    inputs = {"input_ids": source, "attention_mask": torch.ones_like(source)}
    if seq2seq:
        inputs["decoder_input_ids"] = source[:, :TARGET_PROBE]
    with torch.inference_mode(), recording(finder):
        outputs = network(**inputs)
    tensors = {name: value for name, value in outputs.items() if isinstance(value, Tensor)}
    if not finder.calls:
        return None, tensors
    layers: dict[nn.Module, tuple[tuple[Stack, int], ...]] = {}
    numbers: Counter[Stack] = Counter()
    for stack, module in finder.calls:
        layers[module] = (*layers.get(module, ()), (stack, numbers[stack]))
        numbers[stack] += 1
    return AttentionPlaces(layers=layers, shapes=finder.shapes), tensors
