"""LayerNorm and RMSNorm: which one a module is, with its weights and what it made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from core.anatomy.heads import floats
from core.anatomy.observation import ModuleCall
from core.anatomy.wiring import same
from core.attention.recording import FloatArray

NormKind = Literal["LayerNorm", "RMSNorm", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NormAnatomy:
    """A norm over the dimensions of each row.

    LayerNorm (Ba et al. 2016): (x − mean) / √(variance + ε) · γ + β. RMSNorm (Zhang and Sennrich
    2019): x / √(mean of squares + ε) · γ. ``gain`` is γ as it multiplies (Gemma stores γ − 1).
    """

    kind: NormKind
    given: FloatArray  # (token, hidden)
    mean: FloatArray | None  # (token,), None for RMSNorm
    spread: FloatArray  # (token,), what is divided by
    gain: FloatArray  # (hidden,)
    shift: FloatArray | None  # (hidden,)
    made: FloatArray  # (token, hidden)


def norm_of(call: ModuleCall | None) -> NormAnatomy | None:
    """The norm that ``call`` was; None for None."""
    if call is None:
        return None
    return describe_norm(call.module, call.given, call.made)


def describe_norm(module: nn.Module, given: Tensor, made: Tensor) -> NormAnatomy:
    """Which norm ``module`` is, found out from what it made of ``given``."""
    weight = getattr(module, "weight", None)
    bias = getattr(module, "bias", None)
    eps = float(getattr(module, "variance_epsilon", getattr(module, "eps", 0.0)) or 0.0)
    gain = torch.ones(given.shape[-1]) if weight is None else weight.detach().float()
    shift = bias.detach().float() if isinstance(bias, Tensor) else None
    rows = given.float()
    mean = rows.mean(-1, keepdim=True)
    if isinstance(module, nn.LayerNorm):
        spread = (rows.var(-1, keepdim=True, correction=0) + eps).sqrt()
        return _anatomy("LayerNorm", given, mean, spread, gain, shift, made)
    spread = (rows.square().mean(-1, keepdim=True) + eps).sqrt()
    for factor in (gain, 1 + gain):  # the second in Gemma
        if same(rows / spread * factor, made.float()):
            return _anatomy("RMSNorm", given, None, spread, factor, None, made)
    return _anatomy("other", given, None, spread, gain, shift, made)


def _anatomy(
    kind: NormKind,
    given: Tensor,
    mean: Tensor | None,
    spread: Tensor,
    gain: Tensor,
    shift: Tensor | None,
    made: Tensor,
) -> NormAnatomy:
    return NormAnatomy(
        kind=kind,
        given=floats(given),
        mean=None if mean is None else floats(mean[..., 0]),
        spread=floats(spread[..., 0]),
        gain=floats(gain),
        shift=None if shift is None else floats(shift),
        made=floats(made),
    )
