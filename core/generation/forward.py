"""One forward pass that goes on from a cache, and what an inspector needs of it.

Besides the logits: the vector of the last layer and the queries of the last token. Which tokens are
read, and what is made of the logits, is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

from core.attention.blocks import made_vectors, stepping
from core.attention.places import Stack
from core.attention.tap import recording
from core.distribution import FloatArray
from core.generation.attending import RowRecorder, StackRows
from core.generation.cache import EncodedSource, Held
from core.prediction import logits_at

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

_FORMS: WeakKeyDictionary[PreTrainedModel, dict[nn.Module, object]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NextLogits:
    """What follows a row of tokens. ``vector`` is the last layer's, of which the logits follow."""

    logits: FloatArray  # (vocab,)
    vector: FloatArray | None  # (hidden,)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Read:
    """What came of reading tokens: the next logits, the cache as it is now, the last queries."""

    next: NextLogits
    held: Held
    rows: StackRows


class LastLayer:
    """A block runner that keeps what the last layer gives at ``places``."""

    def __init__(self, model: LanguageModel, places: Sequence[int] = (-1,)) -> None:
        self._network = model.network
        self._last: nn.Module | None = None
        if model.blocks is not None:
            self._last = model.blocks.calls[_last_place(model)][0]
        self._places = list(places)
        self._forms: dict[nn.Module, object] = {}
        self.vectors: Tensor | None = None  # (row, place, hidden)

    def run(
        self,
        block: nn.Module,
        forward: Callable[..., object],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> object:
        """What the block gives."""
        output = forward(*args, **kwargs)
        self._forms[block] = (None,) * len(output) if isinstance(output, tuple) else None
        if block is self._last:
            self.vectors = made_vectors(output)[:, self._places]
        return output

    def remember(self) -> None:
        """Note how the blocks wrap what they give, for ``forms_of``."""
        known = _FORMS.get(self._network, {})
        if not self._forms.keys() <= known.keys():
            _FORMS[self._network] = known | self._forms

    def of_row(self, row: int) -> FloatArray | None:
        """The vector at the last place of one row. (hidden,)"""
        if self.vectors is None:
            return None
        return floats(self.vectors[row, -1])


def _last_place(model: LanguageModel) -> tuple[Stack, int]:
    """The last layer before the vocabulary."""
    if model.kind == "seq2seq":
        return "decoder", model.shape.decoder_layers - 1
    return "self", model.shape.layers - 1


def forms_of(network: PreTrainedModel) -> dict[nn.Module, object]:
    """How each block of a ``network`` that was read wraps its vectors: in a tuple so long, or not.

    The vectors themselves are not kept.
    """
    return _FORMS.get(network, {})


def inputs_of(model: LanguageModel, new: Sequence[int], source: EncodedSource | None) -> Any:  # noqa: ANN401 - keyword arguments of an untyped library
    """The inputs of a network that reads ``new`` tokens, by its ``source`` where it has one."""
    ids = torch.tensor([new], device=model.device)  # (1, new)
    if source is None:
        return {"input_ids": ids}
    return {
        "decoder_input_ids": ids,
        "encoder_outputs": BaseModelOutput(last_hidden_state=source.vectors),
        "attention_mask": torch.ones(
            source.vectors.shape[:2], dtype=torch.long, device=model.device
        ),
    }


def read_on(model: LanguageModel, held: Held, new: Sequence[int]) -> Read:
    """Read ``new`` tokens after those of ``held``, whose cache grows."""
    recorder = RowRecorder(model.places) if model.places else None
    last = LastLayer(model)
    inputs = inputs_of(model, new, held.source)
    inputs |= {"past_key_values": held.past, "use_cache": True}
    with torch.inference_mode(), stepping(last):
        if recorder is None:
            logits = logits_at(model.network, inputs, [-1])
        else:
            with recording(recorder):
                logits = logits_at(model.network, inputs, [-1])
    last.remember()
    return Read(
        next=NextLogits(logits=floats(logits[0, 0]), vector=last.of_row(0)),
        held=replace(held, ids=(*held.ids, *new)),
        rows=recorder.rows if recorder else {},
    )


def floats(part: Tensor) -> FloatArray:
    """A copy of ``part`` in main memory, in float32."""
    array: FloatArray = part.detach().float().cpu().numpy().copy()
    return array
