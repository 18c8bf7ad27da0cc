"""Keys and values that stand before a text: what prefix tuning (Li and Liang 2021) trains.

Virtual tokens take the first places of a row, so that everything counts positions as the network
does. What a layer computes for them is thrown away: here their keys and values are put in its
place, and they look at themselves only. How they were trained is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import DynamicCache

from core.attention.places import AttentionPlaces, Stack
from core.attention.tap import PREFIX
from core.errors import UnsupportedError
from core.language import _


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prefix:
    """The keys and values of one layer's virtual tokens. (kv head, token, dim) each"""

    keys: Tensor
    values: Tensor

    def to(self, device: torch.device, dtype: torch.dtype) -> Prefix:
        """The same on a device."""
        return Prefix(keys=self.keys.to(device, dtype), values=self.values.to(device, dtype))

    def put(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, *, causal: bool
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Key, value and mask of a call whose first tokens are virtual.

        A row that has no token but virtual ones is left alone: nobody reads such a text.
        """
        count = self.keys.shape[1]
        if key.shape[2] <= count:
            return key, value, mask
        key, value = self.put_first(key, value)
        if query.shape[2] != key.shape[2]:  # a step that goes on with a text
            return key, value, mask
        return key, value, _alone(mask, query, count, causal=causal)

    def put_first(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """``key`` and ``value`` (batch, kv head, token, dim) with the first tokens' replaced."""
        count, rows = self.keys.shape[1], len(key)
        new = (part.to(key)[None].expand(rows, -1, -1, -1) for part in (self.keys, self.values))
        first, second = new
        return (
            torch.cat((first, key[:, :, count:]), dim=2),
            torch.cat((second, value[:, :, count:]), dim=2),
        )


class PrefixCache(DynamicCache):  # type: ignore[misc] # transformers is not typed
    """A cache that keeps the prefixes for what a first pass computes of virtual tokens."""

    def __init__(self, prefixes: Sequence[Prefix], **settings: object) -> None:
        super().__init__(**settings)
        self._prefixes = tuple(prefixes)

    def update(
        self, key_states: Tensor, value_states: Tensor, layer_idx: int, *args: object, **kw: object
    ) -> tuple[Tensor, Tensor]:
        """Keep and give keys and values as any cache does."""
        prefix = self._prefixes[layer_idx]
        fresh = self.get_seq_length(layer_idx) == 0
        if fresh and key_states.shape[2] > prefix.keys.shape[1]:
            key_states, value_states = prefix.put_first(key_states, value_states)
        found: tuple[Tensor, Tensor] = super().update(
            key_states, value_states, layer_idx, *args, **kw
        )
        return found


def install_prefixes(places: AttentionPlaces, prefixes: Sequence[Prefix]) -> None:
    """Give every layer its prefix; UnsupportedError where layers share a module."""
    layers: Mapping[nn.Module, tuple[tuple[Stack, int], ...]] = places.layers
    if any(len(calls) != 1 for calls in layers.values()) or len(layers) != len(prefixes):
        raise UnsupportedError(
            _("A prefix cannot be put before the text of this model: its layers share one module.")
        )
    for module, ((_stack, layer),) in layers.items():
        setattr(module, PREFIX, prefixes[layer])


def _alone(mask: Tensor | None, query: Tensor, count: int, *, causal: bool) -> Tensor:
    """``mask`` in which the first ``count`` tokens look at themselves only."""
    size = query.shape[2]
    if mask is None:
        seen = torch.ones(size, size, dtype=torch.bool, device=query.device)
        mask = (seen.tril() if causal else seen)[None, None]  # (1, 1, query, key)
    else:
        mask = mask.clone()
    own = torch.eye(size, dtype=torch.bool, device=mask.device)[:count]  # (virtual, key)
    if mask.dtype == torch.bool:
        mask[..., :count, :] = own
    else:
        least = torch.finfo(mask.dtype).min
        mask[..., :count, :] = torch.zeros_like(own, dtype=mask.dtype).masked_fill(~own, least)
    return mask
