"""The feed-forward of a layer: two matrices with an activation between them, or a gated one."""

from __future__ import annotations

from dataclasses import dataclass

from core.anatomy.heads import floats
from core.anatomy.wiring import WiredFeedForward, gated
from core.attention.recording import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedForwardAnatomy:
    """FFN(x) = W₂ a(W₁ x), or W₂ (a(W_gate x) ⊙ W₁ x) where it is gated (Shazeer 2020).

    ``inner`` is what W₂ multiplies. ``gate`` is a's input in a gated one and ``up`` the factor;
    in a plain one ``up`` is a's input and ``gate`` None. One matrix may hold both halves.
    """

    activation: str
    inputs: FloatArray  # (token, hidden)
    up: FloatArray  # (token, inner)
    gate: FloatArray | None  # (token, inner)
    activated: FloatArray  # (token, inner)
    inner: FloatArray  # (token, inner)
    made: FloatArray  # (token, hidden)
    up_module: str
    up_start: int
    gate_module: str
    gate_start: int
    down_module: str


def feed_forward_of(wired: WiredFeedForward) -> FeedForwardAnatomy:
    """The feed-forward of a wired layer; UnknownWiringError for a gate of an unknown kind."""
    inner = wired.down.given
    factor = gated(wired.up, wired.activation, inner)
    first, last = wired.up[0], wired.up[-1]
    width = inner.shape[1]
    start = {"up": 0, "gate": 0}
    up_module, gate_module = first.name, ""
    if factor is not None:
        if len(wired.up) == 2:
            opens = first if bool((first.made == wired.activation.given).all()) else last
            gate_module, up_module = opens.name, (last if opens is first else first).name
        else:  # both halves in one matrix
            gate_module = first.name
            halves = bool((first.made[:, :width] == wired.activation.given).all())
            start = {"gate": 0, "up": width} if halves else {"gate": width, "up": 0}
    return FeedForwardAnatomy(
        activation=activation_name(type(wired.activation.module).__name__),
        inputs=floats(wired.part.given),
        up=floats(wired.activation.given if factor is None else factor),
        gate=None if factor is None else floats(wired.activation.given),
        activated=floats(wired.activation.made),
        inner=floats(inner),
        made=floats(wired.down.made),
        up_module=up_module,
        up_start=start["up"],
        gate_module=gate_module,
        gate_start=start["gate"],
        down_module=wired.down.name,
    )


def activation_name(module: str) -> str:
    """What an activation is called, by the class that computes it: "GELU", "SiLU", "ReLU"."""
    bare = module.removesuffix("Activation")
    known = {"NewGELU": "GELU", "GELUTanh": "GELU", "FastGELU": "GELU", "QuickGELU": "GELU"}
    return known.get(bare, bare)
