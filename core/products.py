"""Products of a few vectors with a layer's weights.

The libraries beneath are made for many vectors. For a few, of several sessions' steps for example,
they rearrange the weights first, each time anew, and threads that share the vectors each read all
weights. Where the sessions of a network step together, its largest layer, which makes the logits,
is kept rearranged besides (oneDNN's own layout); elsewhere several smaller products are shared by
weights. ``install`` changes nothing by itself. Which vectors they are is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial, update_wrapper
from typing import Final
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

PART: Final = 64
"""So many of a layer's outputs are one product."""
FEW: Final = 32
"""Up to so many vectors are worth it."""
KEPT_BYTES: Final = range(2**24, 2**30)
"""Weights of so many bytes are worth a second copy: of small ones a pass has little, and it would
double the network; of larger ones the copy is too large."""

_wanted: ContextVar[bool] = ContextVar("headlight_of_few", default=False)
_kept: WeakKeyDictionary[nn.Linear, tuple[int, Tensor]] = WeakKeyDictionary()
"""Of a layer: the version of its weights, and how they look rearranged."""


def install(network: nn.Module) -> None:
    """Let the layers of ``network`` multiply faster where ``of_few`` says so."""
    for layer in network.modules():
        # Where more comes in than goes out, parts are no quicker.
        if type(layer) is nn.Linear and layer.out_features >= max(layer.in_features, PART):
            gate = partial(_gate, layer, layer.forward)
            # Copies of the network get gates of their own layers.
            layer.forward = update_wrapper(gate, layer.forward)  # type: ignore[method-assign]


def rearranged_bytes(network: nn.Module) -> int:
    """What the second copies of the weights of ``network`` take at the moment."""
    layers = (layer for layer in network.modules() if isinstance(layer, nn.Linear))
    return sum(layer.weight.nbytes for layer in layers if layer in _kept)


@contextmanager
def of_few() -> Iterator[None]:
    """Let the passes of this context, and of no other thread's, multiply faster."""
    token = _wanted.set(True)
    try:
        yield
    finally:
        _wanted.reset(token)


def is_of_few() -> bool:
    """Whether the pass of this context is one that ``of_few`` wants faster."""
    return _wanted.get()


def _gate(layer: nn.Linear, forward: Callable[[Tensor], Tensor], vectors: Tensor, /) -> Tensor:
    if not _wanted.get():
        return forward(vectors)
    keeps = layer.weight.nbytes in KEPT_BYTES and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    product = (rearranged_product if keeps else product_in_parts)(vectors, layer)
    return forward(vectors) if product is None else product


def rearranged_product(vectors: Tensor, layer: nn.Linear) -> Tensor | None:
    """What ``layer`` makes of ``vectors`` (…, in) by weights kept rearranged. (…, out)

    None where that is no quicker. Equal to the layer's own product but for rounding.
    """
    weight, count = layer.weight, vectors.shape[:-1].numel()
    if not _is_plain(vectors, weight) or not 1 < count <= FEW:
        return None
    version, kept = _kept.get(layer, (-1, None))
    if kept is None or version != weight._version:
        kept = torch.ops.mkldnn._reorder_linear_weight(weight.detach(), FEW)
        _kept[layer] = weight._version, kept
    rows = vectors.reshape(count, -1)  # (row, in)
    product: Tensor = torch.ops.mkldnn._linear_pointwise(rows, kept, layer.bias, "none", [], "")
    return product.reshape(*vectors.shape[:-1], -1)


def product_in_parts(vectors: Tensor, layer: nn.Linear) -> Tensor | None:
    """What ``layer`` makes of ``vectors`` (…, in); None where parts are no quicker. (…, out)

    Equal to the layer's own product but for rounding.
    """
    weight, count = layer.weight, vectors.shape[:-1].numel()
    parts = len(weight) // PART
    if not _is_plain(vectors, weight) or not parts or not 1 < count <= FEW:
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


def _is_plain(vectors: Tensor, weight: Tensor) -> bool:
    on_cpu = vectors.device.type == "cpu"
    return on_cpu and vectors.dtype == weight.dtype == torch.float32 and weight.is_contiguous()
