"""The blocks of a network: its layers as modules, which one pass may skip or enter enlarged.

``install`` puts a gate before every block. A gate does nothing unless a runner is set in the
context: then the runner decides whether the block runs, and on what. Which heads are changed, and
what is made of a pass, is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial, update_wrapper
from typing import Any, Protocol

from torch import Tensor, nn
from transformers import PreTrainedModel

from core.attention.places import AttentionPlaces, Stack

BlockCall = tuple[nn.Module, int]
"""A block, and the how manyth of its calls in a pass; ALBERT calls one block for every layer."""


class BlockRunner(Protocol):
    """What decides over the blocks of the forward passes of one context."""

    def run(
        self,
        block: nn.Module,
        forward: Callable[..., object],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> object:
        """What the block is to return, by its own ``forward`` or not."""
        ...


_runner: ContextVar[BlockRunner | None] = ContextVar("headlight_block_runner", default=None)


@contextmanager
def stepping(runner: BlockRunner) -> Iterator[None]:
    """Let ``runner`` decide over the blocks of this context, and of no other thread's."""
    token = _runner.set(runner)
    try:
        yield
    finally:
        _runner.reset(token)


def _gate(
    block: nn.Module, forward: Callable[..., object], /, *args: object, **kwargs: object
) -> object:
    runner = _runner.get()
    return forward(*args, **kwargs) if runner is None else runner.run(block, forward, args, kwargs)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkBlocks:
    """The blocks of a network, each with the attention modules inside it."""

    attentions: Mapping[nn.Module, tuple[nn.Module, ...]]
    calls: Mapping[tuple[Stack, int], BlockCall]
    """In which call of which block the attention of a stack's layer happens."""
    enterable: dict[Stack, bool] = field(default_factory=dict)
    """Whether a pass that begins inside a stack was found to equal a whole one; filled in later."""


def install(network: PreTrainedModel, places: AttentionPlaces) -> NetworkBlocks | None:
    """Put a gate before every block of ``network``; None where some attention is in no block.

    A block is the outermost element of a ModuleList that holds the attention.
    """
    owners = {module: block for block in _elements(network) for module in block.modules()}
    if any(attention not in owners for attention in places.layers):
        return None
    attentions: dict[nn.Module, tuple[nn.Module, ...]] = {}
    calls: dict[tuple[Stack, int], BlockCall] = {}
    for attention, layers in places.layers.items():
        block = owners[attention]
        attentions[block] = (*attentions.get(block, ()), attention)
        calls.update({place: (block, number) for number, place in enumerate(layers)})
    for block in attentions:
        gate = partial(_gate, block, block.forward)
        # Not a hook, which could not skip; copies of the network get gates of their own blocks.
        block.forward = update_wrapper(gate, block.forward)
    return NetworkBlocks(attentions=attentions, calls=calls)


def given_vectors(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Tensor:
    """The vectors that a block is called with. (batch, token, hidden)"""
    found: Tensor = args[0] if args else kwargs["hidden_states"]
    return found


def made_vectors(output: object) -> Tensor:
    """The vectors that a block gave, alone or first of a tuple; LookupError where there are none.

    (batch, token, hidden)
    """
    found = output[0] if isinstance(output, tuple) else output
    if not isinstance(found, Tensor) or found.dim() != 3:
        raise LookupError("gives no vectors of tokens")
    return found


def _elements(module: nn.Module) -> Iterator[nn.Module]:
    """The elements of the outermost ModuleLists within ``module``."""
    for child in module.children():
        if isinstance(child, nn.ModuleList):
            yield from child
        else:
            yield from _elements(child)
