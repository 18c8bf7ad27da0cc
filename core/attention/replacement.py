"""What takes the place of a head that is switched off: zero, or what the head gives on average.

Zero is what most papers do and is far from what later layers are used to; the mean over other
texts takes away only what the head says of this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from core.attention.capture import places_of
from core.attention.changes import HeadChange, HeadOutputRecorder, Place
from core.attention.places import Stack, StackShape
from core.attention.recording import FloatArray
from core.attention.tap import recording
from core.errors import InputError, UnsupportedError
from core.language import _

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Replacement = Literal["zero", "mean"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadMeans:
    """The mean output of every head of ``model``, before the output projection, over some texts.

    ``tokens`` is how many tokens of each stack the mean is over.
    """

    model: str
    outputs: Mapping[Stack, FloatArray]  # (layer, head, dim)
    tokens: Mapping[Stack, int]

    def of(self, stack: Stack, layer: int, head: int) -> FloatArray:
        """The mean output of one head. (dim,)"""
        mean: FloatArray = self.outputs[stack][layer, head]
        return mean


def mean_outputs(model: LanguageModel, texts: Sequence[str]) -> HeadMeans:
    """The mean output of every head over all tokens of ``texts``, those of the template too.

    The decoder of an encoder–decoder model reads each text as its own target.
    """
    places = places_of(model)
    if not texts:
        raise InputError(_("A mean needs at least one text: give some."))
    wanted = {place for layers in places.layers.values() for place in layers}
    sums: dict[Place, FloatArray] = {}
    counts: dict[Stack, int] = dict.fromkeys(places.shapes, 0)
    for text in texts:
        recorder = HeadOutputRecorder(places, wanted)
        target = model.encode_target(text) if model.kind == "seq2seq" else None
        with torch.inference_mode(), recording(recorder):
            model.network.base_model(**model.inputs(model.encode(text), target))
        for place, output in recorder.outputs.items():
            total = output.sum(axis=1, dtype=np.float64)  # (head, dim)
            sums[place] = sums[place] + total if place in sums else total
        for stack in counts:
            counts[stack] += recorder.outputs[stack, 0].shape[1]
    return HeadMeans(
        model=model.id,
        outputs={
            stack: np.stack(
                [sums[stack, layer] / counts[stack] for layer in range(shape.layers)]
            ).astype(np.float32)
            for stack, shape in places.shapes.items()
        },
        tokens=counts,
    )


def switching_off(
    model: LanguageModel, replacement: Replacement, means: HeadMeans | None, stack: Stack = "self"
) -> Callable[[int, int], HeadChange]:
    """What makes of a layer and a head of ``stack`` the change that switches the head off.

    It raises InputError for a head that is not there. Raises InputError for a mean without means
    or with another model's, UnsupportedError for a stack that the model lacks.
    """
    shape = stack_shape(model, stack)
    if replacement == "mean" and (means is None or means.model != model.id):
        raise InputError(
            _("The mean outputs of the heads of {id} are missing: compute them first.").format(
                id=model.id
            )
        )

    def change(layer: int, head: int) -> HeadChange:
        if not (0 <= layer < shape.layers and 0 <= head < shape.heads):
            raise no_head(layer, head, shape.layers, shape.heads)
        mean = means.of(stack, layer, head) if means and replacement == "mean" else None
        return HeadChange(stack=stack, layer=layer, head=head, value=mean)

    return change


def stack_shape(model: LanguageModel, stack: Stack) -> StackShape:
    """The size of one stack of ``model``; UnsupportedError where there is none."""
    shapes = places_of(model).shapes
    if stack not in shapes:
        raise UnsupportedError(
            _("{id} has no decoder beside its encoder: it has one stack of layers.").format(
                id=model.id
            )
        )
    return shapes[stack]


def no_head(layer: int, head: int, layers: int, heads: int) -> InputError:
    """The sentence for a head that a model does not have."""
    return InputError(
        _(
            "There is no head {head} in layer {layer}: layers go to {layers}, heads to "
            "{heads}, both from 0."
        ).format(head=head, layer=layer, layers=layers - 1, heads=heads - 1)
    )
