"""One forward pass for one token of each of several texts, to every text its own cache.

Caches are neither merged nor padded: the tap attends row by row, each row to its own keys, and all
else is computed for the batch at once. Which texts are read together is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from transformers import Cache, DynamicCache

from core.attention.blocks import stepping
from core.attention.capture import places_of
from core.attention.tap import AttentionCall, recording
from core.generation.attending import RowRecorder
from core.generation.cache import Held, fork
from core.generation.forward import LastLayer, NextLogits, Read, floats
from core.prediction import logits_at
from core.products import of_few

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


class NotSideBySideError(Exception):
    """The network does something with a whole batch that its rows cannot do each for itself."""


class _SideBySide(Cache):  # type: ignore[misc]
    """Several caches of one row each, shown to a network as if nothing had been read before."""

    def __init__(self, caches: Sequence[DynamicCache]) -> None:
        super().__init__(layers=list(caches[0].layers))
        self._caches = caches
        self.updated: list[tuple[Tensor, Tensor]] = []
        """Keys and values of each row in the layer that attends next. (1, kv head, key, dim)"""

    def update(
        self,
        key_states: Tensor,
        value_states: Tensor,
        layer_idx: int,
        *args: object,
        **options: object,
    ) -> tuple[Tensor, Tensor]:
        """Give each row's keys and values to its own cache."""
        self.updated = [
            cache.layers[layer_idx].update(key, value, *args, **options)
            for cache, key, value in zip(
                self._caches, torch.split(key_states, 1), torch.split(value_states, 1), strict=True
            )
        ]
        return key_states, value_states

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """None: what was read before differs from row to row."""
        return 0

    def get_mask_sizes(self, query_length: int, layer_idx: int) -> tuple[int, int]:
        """The mask is that of the new tokens among themselves, and nobody looks at it."""
        return query_length, 0


@dataclass(slots=True, kw_only=True, eq=False)
class _RowByRow:
    """A recorder under which every row attends to the keys of its own cache."""

    cache: _SideBySide
    recorders: list[RowRecorder]

    def attend(self, call: AttentionCall) -> Tensor:
        """The output of all rows. (row, query, head, dim)"""
        updated, self.cache.updated = self.cache.updated, []
        numbers = call.mask is not None and call.mask.is_floating_point()
        if len(updated) != len(call.query) or numbers or call.bias is not None:
            raise NotSideBySideError  # distances, for example, that differ from row to row
        attend = _attended if call.softcap is None else _attended_by_steps
        outputs = []
        for recorder, query, (key, value) in zip(
            self.recorders, torch.split(call.query, 1), updated, strict=True
        ):
            recorder.keep(call, query[0, :, -1])
            outputs.append(attend(call, query, key, value))
        return torch.cat(outputs)


def _attended(call: AttentionCall, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """The output of one row whose only query sees all keys. (1, query, head, dim)

    Heads that share keys become queries of one head, which is quicker than repeating the keys.
    """
    _row, heads, _query, dim = query.shape
    shared = query.reshape(1, key.shape[1], heads // key.shape[1], dim)
    output = nn.functional.scaled_dot_product_attention(
        shared, key, value, dropout_p=call.dropout, scale=call.scaling
    )
    return output.reshape(1, 1, heads, value.shape[3])


def _attended_by_steps(call: AttentionCall, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """The same for scores that are squeezed. (1, query, head, dim)"""
    return replace(call, query=query, key=key, value=value, mask=None).plain()


def read_together(model: LanguageModel, steps: Sequence[tuple[Held, int]]) -> list[Read]:
    """Read one token more in each row, in one pass. The caches handed in stay as they are."""
    places = places_of(model)
    caches = [fork(held.cache) for held, _new in steps]
    together = _SideBySide(caches)
    rows = _RowByRow(cache=together, recorders=[RowRecorder(places) for _step in steps])
    last = LastLayer(model)
    inputs: dict[str, Any] = {
        "input_ids": torch.tensor([[new] for _held, new in steps], device=model.device),
        "position_ids": torch.tensor(
            [[len(held.ids)] for held, _new in steps], device=model.device
        ),
        "past_key_values": together,
        "use_cache": True,
    }
    with torch.inference_mode(), stepping(last), recording(rows), of_few():
        logits = logits_at(model.network, inputs, [-1])  # (row, 1, vocab)
    last.remember()
    return [
        Read(
            next=NextLogits(logits=floats(logits[row, 0]), vector=last.of_row(row)),
            held=replace(held, ids=(*held.ids, new), cache=caches[row]),
            rows=rows.recorders[row].rows,
        )
        for row, (held, new) in enumerate(steps)
    ]
