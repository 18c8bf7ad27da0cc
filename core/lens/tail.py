"""What a network does after its last layer, applied to the vectors of any layer.

The final norm, the transform of a masked head (dense, activation, norm), a projection, the
vocabulary, a cap on logits: the network does them itself, in a forward pass in which every layer is
skipped and gives the vectors instead. So no architecture is spelled out here, and nothing of the
network is changed. What the logits mean is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import Tensor, nn

from core.attention.blocks import NetworkBlocks, given_vectors, made_vectors, stepping
from core.errors import UnsupportedError
from core.language import _
from core.prediction import logits_of
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

_LOGITS_AT_ONCE: Final = 2**24
"""How many logits are held at once: 64 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerVectors:
    """The vectors at some positions before the first layer and after each.

    ``vectors``: (position, hidden) each. ``outputs`` is what each block gave: some wrap their
    vectors in a tuple.
    """

    vectors: tuple[Tensor, ...]
    outputs: dict[nn.Module, object]


class _Reader:
    """A block runner that keeps the vectors at some positions."""

    def __init__(self, stack: set[nn.Module], places: Sequence[int]) -> None:
        self._stack, self._places = stack, list(places)
        self.vectors: list[Tensor] = []  # (position, hidden) each
        self.outputs: dict[nn.Module, object] = {}

    def run(
        self,
        block: nn.Module,
        forward: Callable[..., object],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> object:
        """What the block gives."""
        output = forward(*args, **kwargs)
        self.outputs[block] = output
        if block in self._stack:
            if not self.vectors:
                self.vectors.append(given_vectors(args, kwargs)[0, self._places])
            self.vectors.append(made_vectors(output)[0, self._places])
        return output


class _Skipper:
    """A block runner that runs none: blocks of the stack give ``vectors``, others their input."""

    def __init__(self, stack: set[nn.Module], outputs: dict[nn.Module, object]) -> None:
        self._stack, self._outputs = stack, outputs
        self.vectors: Tensor | None = None  # (1, position, hidden)

    def run(
        self,
        block: nn.Module,
        forward: Callable[..., object],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> object:
        """The vectors, wrapped as the block wraps its own."""
        del forward
        given = self.vectors if block in self._stack else given_vectors(args, kwargs)
        whole = self._outputs[block]
        return (given, *whole[1:]) if isinstance(whole, tuple) else given


def layer_vectors(
    model: LanguageModel, tokens: Tokens, target: Tokens | None, places: Sequence[int]
) -> LayerVectors:
    """Read the text once and keep the vectors of every layer at ``places``.

    ``target`` is what a decoder reads; the places, and the layers, are then the decoder's.
    """
    reader = _Reader(_stack(model), places)
    inputs = _inputs(model, model.inputs(tokens, target))
    with torch.inference_mode(), stepping(reader):
        model.network.base_model(**inputs)
    return LayerVectors(vectors=tuple(reader.vectors), outputs=reader.outputs)


def logits_after(model: LanguageModel, states: LayerVectors, layer: int) -> Iterator[Tensor]:
    """The logits after ``layer``, some positions at a time. (position, vocab) each

    Layer 0 is the embedding.
    """
    skipper = _Skipper(_stack(model), states.outputs)
    vectors = states.vectors[layer]  # (position, hidden)
    for some in torch.split(vectors, max(1, _LOGITS_AT_ONCE // model.shape.vocab)):
        skipper.vectors = some[None]
        ids = torch.zeros(1, len(some), dtype=torch.long, device=model.device)  # which nobody reads
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if model.kind == "seq2seq":
            inputs["decoder_input_ids"] = ids
        with torch.inference_mode(), stepping(skipper):
            outputs = model.network(**_inputs(model, inputs))
        yield logits_of(outputs)[0].float()


def blocks_of(model: LanguageModel) -> NetworkBlocks:
    """The layers of ``model``; UnsupportedError where it predicts no tokens or hides them."""
    if model.kind == "encoder":
        raise UnsupportedError(
            _("{id} gives vectors and predicts no words: open it on the Attention page.").format(
                id=model.id
            )
        )
    if model.blocks is None:
        raise UnsupportedError(
            _(
                "The layers of {id} cannot be found: its architecture ({name}) runs them in a way "
                "of its own. Choose another model."
            ).format(id=model.id, name=type(model.network).__name__)
        )
    return model.blocks


def _stack(model: LanguageModel) -> set[nn.Module]:
    """The blocks whose last vectors are read as logits."""
    name = "decoder" if model.kind == "seq2seq" else "self"
    calls = blocks_of(model).calls
    return {block for (stack, _layer), (block, _call) in calls.items() if stack == name}


def _inputs(model: LanguageModel, tensors: dict[str, Tensor]) -> dict[str, Any]:
    """Inputs of a pass that keeps nothing for a next one."""
    return tensors if model.kind == "masked" else {**tensors, "use_cache": False}
