"""The one tap through which every architecture's attention passes.

transformers lets a program register an attention function of its own. Ours hands the call to the
recorder of the current context, if there is one, and else straight to transformers' own SDPA, so
that a network nobody looks into runs as fast as ever. Query and key arrive after rotary embedding
and before grouped keys are repeated; the output leaves before the output projection mixes heads.
The tap does not know what is recorded, nor which layer a call belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Protocol

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

from core.errors import UnsupportedError
from core.language import _

NAME: Final = "headlight"
PREFIX: Final = "headlight_prefix"
"""The attribute of an attention module that holds what stands before its text, if anything does
(``core.attention.virtual``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionCall:
    """One call of an attention function: what one layer hands over for one batch."""

    module: nn.Module
    query: Tensor  # (batch, head, query, dim)
    key: Tensor  # (batch, kv head, key, dim)
    value: Tensor  # (batch, kv head, key, dim)
    mask: Tensor | None  # (batch, 1 or head, query, key), true or 0 where a key is seen
    scaling: float
    dropout: float
    options: dict[str, object]

    @property
    def bias(self) -> Tensor | None:
        """What is added to the scores because of distance, in T5 and its kin."""
        bias = self.options.get("position_bias")
        return bias if isinstance(bias, Tensor) else None

    @property
    def softcap(self) -> float | None:
        """Scores are squeezed into ± this number, in Gemma 2."""
        cap = self.options.get("softcap")
        return float(cap) if isinstance(cap, int | float) else None

    @property
    def causal(self) -> bool:
        """Whether a mask of None means that no query sees a later key."""
        named = self.options.get("is_causal")
        flag = getattr(self.module, "is_causal", True) if named is None else named
        return bool(flag) and self.query.shape[2] > 1

    def visible(self) -> Tensor | None:
        """True where a query sees a key, or None where each sees all."""
        if self.mask is None and self.causal:
            ones = torch.ones(
                self.query.shape[2], self.key.shape[2], dtype=torch.bool, device=self.query.device
            )
            return ones.tril()[None, None]  # (1, 1, query, key)
        if self.mask is not None and self.mask.dtype != torch.bool:
            return self.mask > torch.finfo(self.mask.dtype).min / 2
        return self.mask

    def plain(self) -> Tensor:
        """The output of transformers' own SDPA. (batch, query, head, dim)"""
        if self.softcap is not None:  # which SDPA cannot do
            return self.attended()
        output: Tensor = sdpa_attention_forward(
            self.module,
            self.query,
            self.key,
            self.value,
            self.mask,
            dropout=self.dropout,
            scaling=self.scaling,
            **self.options,
        )[0]
        return output

    def attended(self) -> Tensor:
        """The output by the steps of the library's eager attention. (batch, query, head, dim)

        Equal to it bit for bit, where SDPA is off by rounding: over layers with large scores that
        grows to 2e-6 in the weights of later ones.
        """
        if self.options.get("s_aux") is not None:
            raise UnsupportedError(
                _("The attention of {name} has sinks of its own, which cannot be recorded.").format(
                    name=type(self.module).__name__
                )
            )
        repeat = self.query.shape[1] // self.key.shape[1]
        key, value = (_repeated(part, repeat) for part in (self.key, self.value))
        scores = torch.matmul(self.query, key.transpose(2, 3)) * self.scaling
        if self.softcap is not None:
            scores = torch.tanh(scores / self.softcap) * self.softcap
        if self.bias is not None:
            scores = scores + self.bias
        visible = self.visible()
        if self.mask is not None and self.mask.dtype != torch.bool:
            scores = scores + self.mask
        elif visible is not None:
            scores = scores.masked_fill(~visible, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1, dtype=torch.float32).to(value.dtype)
        return torch.matmul(weights, value).transpose(1, 2).contiguous()


def _repeated(part: Tensor, times: int) -> Tensor:
    return part if times == 1 else part.repeat_interleave(times, dim=1)


class Recorder(Protocol):
    """What looks at, or changes, the attention of the forward passes of one context."""

    def attend(self, call: AttentionCall) -> Tensor:
        """The output to go on with. (batch, query, head, dim)"""
        ...


_recorder: ContextVar[Recorder | None] = ContextVar("headlight_recorder", default=None)


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Let ``recorder`` see the attention calls of this context, and of no other thread's."""
    token = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(token)


def tap(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **options: object,
) -> tuple[Tensor, None]:
    """An attention function for transformers; the weights stay with the recorder."""
    recorder = _recorder.get()
    prefix = module.__dict__.get(PREFIX)
    if prefix is not None:
        named = options.get("is_causal")
        causal = bool(getattr(module, "is_causal", True) if named is None else named)
        key, value, attention_mask = prefix.put(query, key, value, attention_mask, causal=causal)
    if recorder is None and options.get("softcap") is None:
        return sdpa_attention_forward(  # type: ignore[no-any-return]
            module, query, key, value, attention_mask, scaling=scaling, dropout=dropout, **options
        )
    call = AttentionCall(
        module=module,
        query=query,
        key=key,
        value=value,
        mask=attention_mask,
        scaling=query.shape[-1] ** -0.5 if scaling is None else scaling,
        dropout=dropout,
        options=options,
    )
    return (call.plain() if recorder is None else recorder.attend(call)), None


def install(network: PreTrainedModel) -> bool:
    """Let the attention of ``network`` pass through the tap; False where it cannot.

    Architectures that SDPA does not serve (because of attention sinks, for example) keep theirs;
    a cap on the scores is the one such reason that the tap knows to follow.
    """
    capped = getattr(network.config, "attn_logit_softcapping", None) is not None
    if not (network._supports_sdpa or capped):
        return False
    # sdpa_mask leaves the mask out where there is nothing to mask; eager_mask always builds one.
    AttentionMaskInterface.register(NAME, sdpa_mask)
    AttentionInterface.register(NAME, tap)
    try:
        network.set_attn_implementation(NAME)
    except ValueError:
        return False
    return bool(network.config._attn_implementation == NAME)
