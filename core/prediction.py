"""Predicts at chosen positions only.

The layer that makes logits of vectors is the largest of a small model: at every token of a text,
where one is looked at, it can cost more than all the others together. ``install`` lets it skip
positions; what is skipped travels in the context, so that other threads' passes are whole. A few
positions are multiplied with the vocabulary in parts. It does not know what the logits are for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial, update_wrapper

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from core.products import is_of_few, product_in_parts


class _Wanted:
    """The positions wanted of one pass, and whether the network could leave out the others."""

    def __init__(self, positions: Tensor) -> None:
        self.positions = positions
        self.applied = False

    def pick(self, rows: Tensor) -> Tensor:
        """``rows`` (batch, token, size) at the positions. (batch, position, size)"""
        places = self.positions.to(rows.device)
        if places.dim() == 1:
            return rows[:, places]
        return rows.gather(1, places[..., None].expand(-1, -1, rows.shape[-1]))


_wanted: ContextVar[_Wanted | None] = ContextVar("headlight_positions", default=None)


def install(network: PreTrainedModel) -> None:
    """Let ``network`` make logits at chosen positions only; it changes nothing by itself."""
    head = network.get_output_embeddings()
    if isinstance(head, nn.Module):
        head.register_forward_pre_hook(_pick)
    if type(head) is nn.Linear:
        gate = partial(_predict, head, head.forward)
        # Copies of the network get gates of their own heads.
        head.forward = update_wrapper(gate, head.forward)  # type: ignore[method-assign]


def _pick(_module: nn.Module, args: tuple[Tensor, ...]) -> tuple[Tensor, ...] | None:
    wanted = _wanted.get()
    if wanted is None or not args or args[0].dim() != 3:
        return None
    wanted.applied = True
    return (wanted.pick(args[0]), *args[1:])


def _predict(head: nn.Linear, forward: Callable[[Tensor], Tensor], vectors: Tensor, /) -> Tensor:
    if _wanted.get() is None or is_of_few():
        return forward(vectors)
    product = product_in_parts(vectors, head)
    return forward(vectors) if product is None else product


@contextmanager
def _only(wanted: _Wanted) -> Iterator[None]:
    token = _wanted.set(wanted)
    try:
        yield
    finally:
        _wanted.reset(token)


def logits_of(outputs: Mapping[str, Tensor]) -> Tensor:
    """The logits over the vocabulary; a network with two heads names them apart."""
    return outputs["logits"] if "logits" in outputs else outputs["prediction_logits"]


def logits_at(
    network: nn.Module,
    inputs: Mapping[str, Tensor],
    positions: Sequence[int] | Tensor,
    *,
    gradients: bool = False,
) -> Tensor:
    """The logits of a forward pass at ``positions`` only. (batch, position, vocab)

    ``positions`` are the same for every row of the batch, (position,), or of each its own,
    (batch, position); of an encoder–decoder model they count the decoder's tokens. With
    ``gradients`` the logits keep their history, where the caller is not in inference mode.
    """
    wanted = _Wanted(torch.as_tensor(positions))
    with torch.inference_mode(mode=not gradients), _only(wanted):
        outputs = network(**inputs)
        logits = logits_of(outputs)
        # A network that hands its vectors to the vocabulary by a way of its own predicts at all.
        return logits if wanted.applied else wanted.pick(logits)
