"""A network in the middle of its training, looked into as a loaded model is, and left as it was.

Within ``inspected`` it computes in float32 without dropout, its attention passes the tap, and what
is drawn at random is given back, so that a run with probes equals one without to 0.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import MethodType
from typing import Final

import torch
from peft import PeftModel
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from core.attention.places import AttentionPlaces, find_places
from core.attention.tap import install
from core.models.language_model import Kind, LanguageModel
from core.models.shape import model_shape
from core.token_reader import TokenReader

Forward = Callable[..., object]
_WRAPPED: Final = "_original_forward"  # where accelerate keeps the forward that it wraps


class LearningModel:
    """The network that learns, as a ``LanguageModel`` that reads with what it has learnt so far.

    ``virtual`` is how many trained vectors an adapter puts before a text. ``forward`` is that of
    the network's plain class, where it is trained by another. Nothing of the model may be used
    outside ``inspected``.
    """

    def __init__(
        self,
        network: PreTrainedModel | PeftModel,
        tokenizer: PreTrainedTokenizerFast,
        *,
        model_id: str,
        kind: Kind,
        folder: Path,
        forward: Forward | None = None,
    ) -> None:
        self._network, self._forward = network, forward
        self._base: PreTrainedModel = (
            network.get_base_model() if isinstance(network, PeftModel) else network
        )
        self.virtual = _virtual_tokens(network)
        with inspected(network, forward):
            places, _outputs = find_places(self._base, seq2seq=kind == "seq2seq")
        self._model = self._as_model(
            # Only vectors before a text need the adapter's own way in: what it changes inside the
            # network is there anyway, and the wrapped forward may be in lower precision.
            network if self.virtual else self._base,
            tokenizer,
            places,
            model_id=model_id,
            kind=kind,
            folder=folder,
        )
        self._base_model = self._as_model(
            self._base, tokenizer, places, model_id=model_id, kind=kind, folder=folder
        )

    @property
    def model(self) -> LanguageModel:
        """The model, where its network is at the moment."""
        return self._placed(self._model)

    @property
    def base_model(self) -> LanguageModel:
        """The same without vectors before the text."""
        return self._placed(self._base_model)

    @contextmanager
    def inspected(self) -> Iterator[LanguageModel]:
        """Within the block the model can be asked; afterwards the network is as it was."""
        with inspected(self._network, self._forward):
            yield self.model

    def _placed(self, model: LanguageModel) -> LanguageModel:
        """``model`` on the device that the trainer moved the network to, after this was made."""
        return replace(model, device=next(self._base.parameters()).device)

    def _as_model(
        self,
        network: PreTrainedModel | PeftModel,
        tokenizer: PreTrainedTokenizerFast,
        places: AttentionPlaces | None,
        *,
        model_id: str,
        kind: Kind,
        folder: Path,
    ) -> LanguageModel:
        first = next(self._base.parameters())
        return LanguageModel(
            id=model_id,
            kind=kind,
            folder=folder,
            tokenizer=tokenizer,
            reader=TokenReader(tokenizer),
            network=network,
            device=first.device,
            dtype=first.dtype,
            nbytes=0,
            shape=model_shape(self._base, tokenizer, places),
            places=places,
        )


@contextmanager
def inspected(
    network: PreTrainedModel | PeftModel, forward: Forward | None = None
) -> Iterator[None]:
    """``network`` as it is looked into: float32, no dropout, tapped; put back at the end."""
    base = network.get_base_model() if isinstance(network, PeftModel) else network
    with ExitStack() as stack:
        stack.enter_context(torch.random.fork_rng())
        stack.enter_context(torch.no_grad())
        for each in dict.fromkeys((network, base)):
            stack.enter_context(_own_forward(each, forward))
        stack.enter_context(_evaluating(network))
        stack.enter_context(_tapped(base))
        yield


@contextmanager
def _own_forward(network: nn.Module, forward: Forward | None) -> Iterator[None]:
    """Without the wrapper that accelerate puts around the forward for lower precision."""
    wrapped = network.__dict__.get("forward")
    plain = network.__dict__.get(_WRAPPED) if forward is None else MethodType(forward, network)
    if plain is None:
        yield
        return
    network.forward = plain
    try:
        yield
    finally:
        if wrapped is None:
            del network.forward
        else:
            network.forward = wrapped


@contextmanager
def _evaluating(network: nn.Module) -> Iterator[None]:
    """In eval mode; each module goes back to the mode that it was in."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


@contextmanager
def _tapped(base: PreTrainedModel) -> Iterator[None]:
    before = base.config._attn_implementation
    install(base)
    try:
        yield
    finally:
        base.set_attn_implementation(before)


def _virtual_tokens(network: PreTrainedModel | PeftModel) -> int:
    if not isinstance(network, PeftModel):
        return 0
    config = network.active_peft_config
    return int(config.num_virtual_tokens) if config.is_prompt_learning else 0
