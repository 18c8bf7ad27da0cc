"""Products of a few vectors with a layer's weights, in parts.

The libraries beneath are made for many vectors. For a few, of several sessions' steps for example,
they rearrange the weights first, and threads that share the vectors each read all weights; several
smaller products are shared by weights. ``install`` changes nothing by itself. Which vectors they
are is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial, update_wrapper
from typing import Final

import torch
from torch import Tensor, nn

PART: Final = 64
"""So many of a layer's outputs are one product."""
FEW: Final = 32
"""Up to so many vectors are worth it."""

_wanted: ContextVar[bool] = ContextVar("headlight_in_parts", default=False)


def install(network: nn.Module) -> None:
    """Let the layers of ``network`` multiply in parts where ``in_parts`` says so."""
    for layer in network.modules():
        # Where more comes in than goes out, parts are no quicker.
        if type(layer) is nn.Linear and layer.out_features >= max(layer.in_features, PART):
            gate = partial(_gate, layer, layer.forward)
            # Copies of the network get gates of their own layers.
            layer.forward = update_wrapper(gate, layer.forward)  # type: ignore[method-assign]


@contextmanager
def in_parts() -> Iterator[None]:
    """Let the passes of this context, and of no other thread's, multiply in parts."""
    token = _wanted.set(True)
    try:
        yield
    finally:
        _wanted.reset(token)


def _gate(layer: nn.Linear, forward: Callable[[Tensor], Tensor], vectors: Tensor, /) -> Tensor:
    if not _wanted.get():
        return forward(vectors)
    product = product_in_parts(vectors, layer)
    return forward(vectors) if product is None else product


def product_in_parts(vectors: Tensor, layer: nn.Linear) -> Tensor | None:
    """What ``layer`` makes of ``vectors`` (…, in); None where parts are no quicker. (…, out)

    Equal to the layer's own product but for rounding.
    """
    weight, count = layer.weight, vectors.shape[:-1].numel()
    plain = vectors.device.type == "cpu" and vectors.dtype == weight.dtype == torch.float32
    parts = len(weight) // PART
    if not plain or not parts or not 1 < count <= FEW:
        return None
    rows = vectors.reshape(count, -1)  # (row, in)
    some = torch.unflatten(weight[: parts * PART], 0, (parts, PART))  # (part, output, in)
    product = torch.bmm(rows.expand(parts, -1, -1), some.transpose(1, 2))  # (part, row, output)
    product = product.transpose(0, 1).reshape(count, parts * PART)
    if parts * PART < len(weight):
        rest = nn.functional.linear(rows, weight[parts * PART :])
        product = torch.cat([product, rest], dim=1)
    if layer.bias is not None:
        product = product + layer.bias
    return product.reshape(*vectors.shape[:-1], -1)
