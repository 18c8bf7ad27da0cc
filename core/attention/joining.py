"""How a batch grows on its way through a network.

The blocks before the first change give what they gave in an unchanged pass; at every later block
those variants join whose first change is there. What a pass is made for, and how many variants go
together, is up to ``core.attention.partial``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from core.attention.blocks import BlockCall, NetworkBlocks, given_vectors
from core.attention.changes import HeadChanger, Variant
from core.attention.places import AttentionPlaces
from core.attention.tap import AttentionCall


@dataclass(frozen=True, slots=True)
class KeptBlocks:
    """What every block of the unchanged pass got and gave."""

    inputs: dict[BlockCall, Tensor]  # (1, token, hidden)
    outputs: dict[BlockCall, object]


class BlockKeeper:
    """A block runner that keeps what every block gets and gives."""

    def __init__(self) -> None:
        self.kept = KeptBlocks({}, {})
        self._calls: Counter[nn.Module] = Counter()

    def run(
        self,
        block: nn.Module,
        forward: Callable[..., object],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> object:
        """What the block gives, kept."""
        call = (block, self._calls[block])
        self._calls[block] += 1
        self.kept.inputs[call] = given_vectors(args, kwargs)
        self.kept.outputs[call] = forward(*args, **kwargs)
        return self.kept.outputs[call]


class BlockJoiner(HeadChanger):
    """Runs the blocks on a batch that grows: each variant joins where its first change is."""

    def __init__(
        self,
        places: AttentionPlaces,
        blocks: NetworkBlocks,
        kept: KeptBlocks,
        variants: Sequence[Variant],
        joins: Sequence[BlockCall],
    ) -> None:
        super().__init__(places, variants)
        self._blocks = blocks
        self._kept = kept
        self._joining = Counter(joins)
        self._calls: Counter[nn.Module] = Counter()
        self._rows = 0

    def run(
        self,
        block: nn.Module,
        forward: Callable[..., object],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> object:
        """What the block gives for the variants that joined, or gave before the first did."""
        call = (block, self._calls[block])
        self._calls[block] += 1
        joining = self._joining[call]
        if not self._rows and not joining:
            for attention in self._blocks.attentions[block]:
                self.counter.place(attention)
            return self._kept.outputs[call]
        parts = []
        if self._rows:
            parts.append(enlarged(given_vectors(args, kwargs), self._rows))
        if joining:
            parts.append(enlarged(self._kept.inputs[call], joining))
        self._rows += joining
        args, kwargs = _with_hidden(args, kwargs, torch.cat(parts))
        return forward(*args, **kwargs)

    def attend(self, call: AttentionCall) -> Tensor:
        """As in any batch; what the unchanged pass made, the encoder's output say, is shared."""
        rows = call.query.shape[0]
        if call.key.shape[0] != rows:
            call = replace(call, key=enlarged(call.key, rows), value=enlarged(call.value, rows))
        return super().attend(call)


def _with_hidden(
    args: tuple[Any, ...], kwargs: Mapping[str, Any], hidden: Tensor
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if args:
        return (hidden, *args[1:]), dict(kwargs)
    return (), {**kwargs, "hidden_states": hidden}


def enlarged(part: Tensor, rows: int) -> Tensor:
    """``part`` for that many rows; what has them already stays."""
    return part if part.shape[0] == rows else part.expand(rows, *part.shape[1:])
