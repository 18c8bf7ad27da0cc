"""Many passes of one text, each with heads of its own changed, at the price of a few.

Three savings, none of which changes what is computed: variants go through the network side by
side; a variant joins the batch only at the layer of its first change, on the input that the
unchanged pass had there, so that the layers before it are skipped; and logits are made at one
position. Networks that cannot be entered in the middle get the whole pass, side by side.

A batch adds up in another order than a single row: results equal those of single passes to the
rounding of float32, about 1e-5 of the largest logit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor

from core.attention.blocks import NetworkBlocks, stepping
from core.attention.capture import places_of
from core.attention.changes import HeadChange, HeadChanger, Variant
from core.attention.joining import BlockJoiner, BlockKeeper, enlarged
from core.attention.places import Stack
from core.attention.tap import recording
from core.prediction import logits_at

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

TOKENS_AT_ONCE: Final = {"cpu": 1024}
"""How many tokens of all variants together go through a layer at once, by kind of device."""
_ON_A_GPU: Final = 16384


class ChangedPasses:
    """Passes of one text in which heads are changed, and the unchanged one.

    What is read of each is the logits at ``position`` or, with ``vectors``, the last layer's
    vector there. Of an encoder–decoder model the position is the decoder's.
    """

    def __init__(
        self,
        model: LanguageModel,
        inputs: Mapping[str, Tensor],
        position: int,
        *,
        vectors: bool = False,
    ) -> None:
        self._model = model
        self._places = places_of(model)
        self._inputs = dict(inputs)
        if model.kind in {"causal", "seq2seq"}:
            self._inputs["use_cache"] = False  # type: ignore[assignment]
        self._position = position
        self._vectors = vectors
        tokens = max(part.shape[1] for part in inputs.values())
        limit = TOKENS_AT_ONCE.get(model.device.type, _ON_A_GPU)
        self.at_once: int = max(1, limit // tokens)
        """How many variants are best run together."""
        keeper = BlockKeeper()
        with recording(HeadChanger(self._places, ())), stepping(keeper):
            self.baseline: Tensor = self._read(self._inputs)[0]  # (vocab or hidden,)
        self._kept = keeper.kept

    def run(self, variants: Sequence[Variant]) -> Tensor:
        """The outputs of ``variants``, of one stack each and the same. (variant, vocab or hidden)

        Raises ValueError for a variant without a change and for changes in several stacks.
        """
        stacks = {change.stack for variant in variants for change in variant}
        if len(stacks) != 1 or not all(variants):
            raise ValueError("variants change heads of one and the same stack")
        blocks = self._model.blocks
        if blocks is not None and self._can_enter(blocks, stacks.pop()):
            return self._entered(blocks, variants)
        return self._whole(variants)

    def _entered(self, blocks: NetworkBlocks, variants: Sequence[Variant]) -> Tensor:
        """Each variant from its first changed layer on."""
        order = sorted(range(len(variants)), key=lambda number: _first_layer(variants[number]))
        ordered = [variants[number] for number in order]
        joins = [blocks.calls[variant[0].stack, _first_layer(variant)] for variant in ordered]
        joiner = BlockJoiner(self._places, blocks, self._kept, ordered, joins)
        with recording(joiner), stepping(joiner):
            outputs = self._read(self._inputs)
        back = torch.empty(len(order), dtype=torch.long)
        back[order] = torch.arange(len(order))
        return outputs[back]

    def _whole(self, variants: Sequence[Variant]) -> Tensor:
        """Each variant through all layers."""
        inputs = {
            name: enlarged(part, len(variants)) if isinstance(part, Tensor) else part
            for name, part in self._inputs.items()
        }
        with recording(HeadChanger(self._places, variants)):
            return self._read(inputs)

    def _read(self, inputs: Mapping[str, Tensor]) -> Tensor:
        network = self._model.network
        if not self._vectors:
            return logits_at(network, inputs, [self._position])[:, 0].float()
        with torch.inference_mode():
            outputs = network.base_model(**inputs)
            vectors: Tensor = outputs["last_hidden_state"][:, self._position]
            return vectors.float()

    def _can_enter(self, blocks: NetworkBlocks, stack: Stack) -> bool:
        """Whether the network can be entered in the middle; tried out once per model and stack."""
        if stack not in blocks.enterable:
            shape = self._places.shapes[stack]
            value = np.full(shape.head_dim, 3, dtype=np.float32)  # which no network overlooks
            tried = [
                [HeadChange(stack=stack, layer=layer, head=shape.heads - 1, value=value)]
                for layer in sorted({0, shape.layers // 2, shape.layers - 1})
            ]
            try:
                entered, whole = self._entered(blocks, tried), self._whole(tried)
            except (RuntimeError, ValueError, TypeError, IndexError, KeyError):
                blocks.enterable[stack] = False
            else:
                blocks.enterable[stack] = _equal(entered, whole, self._model.dtype)
        return blocks.enterable[stack]


def _equal(first: Tensor, second: Tensor, dtype: torch.dtype) -> bool:
    """Whether two results are the same but for the rounding of ``dtype``."""
    if first.shape != second.shape:
        return False
    largest = float((first - second).abs().max())
    return largest <= math.sqrt(torch.finfo(dtype).eps) * max(1.0, float(second.abs().max()))


def _first_layer(variant: Variant) -> int:
    return min(change.layer for change in variant)
