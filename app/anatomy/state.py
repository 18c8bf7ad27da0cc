"""What the session and an address hold for the Anatomy page."""

from __future__ import annotations

from typing import Final

from app.codec import (
    PageState,
    Param,
    flag,
    head_number,
    nothing,
    number_list,
    one_number,
    one_of,
    shown_flag,
    shown_number,
    shown_numbers,
)
from app.examples import examples

ANATOMY_STEPS: Final = (
    *("embed", "qkv", "scores", "softmax", "values", "output", "norm", "ffn", "logits"),
)
"""The nine steps, in the order in which a text passes them."""

ANATOMY_ROOMS: Final = ("steps", "space")
"""One sentence step by step, and where the words of several lines live."""

SPACE_POINTS: Final = ("word", "tokens", "texts")
"""As in ``core.embedding``, which is not imported before it is needed: it takes seconds."""

ANATOMY: Final = PageState(
    page="anatomy",
    params=(
        Param(name="model", default=lambda: examples().model),
        Param(name="text", default=lambda: examples().text),
        Param(name="pair", default=str),
        Param(name="step", default=lambda: "embed", parse=one_of(*ANATOMY_STEPS)),
        Param(name="stack", default=lambda: "self", parse=one_of("self", "decoder", "cross")),
        Param(name="layer", default=nothing, parse=head_number, show=shown_number),
        Param(name="head", default=nothing, parse=head_number, show=shown_number),
        # within a step: which of Q, K and V; which sum; softmax without √dₖ; whose word; the cell
        Param(name="of", default=lambda: "q", parse=one_of("q", "k", "v")),
        Param(name="around", default=lambda: "attention", parse=one_of("attention", "ffn")),
        Param(name="unscaled", default=lambda: False, parse=flag, show=shown_flag),
        Param(name="token", default=nothing, parse=head_number, show=shown_number),
        Param(name="cell", default=list, parse=number_list, show=shown_numbers),
        # where words live
        Param(name="room", default=lambda: "steps", parse=one_of(*ANATOMY_ROOMS)),
        Param(name="lines", default=lambda: "\n".join(examples().lines)),
        Param(name="word", default=lambda: examples().followed),
        Param(name="points", default=lambda: "word", parse=one_of(*SPACE_POINTS)),
        Param(name="depth", default=nothing, parse=head_number, show=shown_number),
        Param(name="axes", default=lambda: 2, parse=one_number(2, 3)),
        Param(name="by", default=lambda: "pca", parse=one_of("pca", "umap")),
        Param(name="point", default=nothing, parse=head_number, show=shown_number),
        Param(name="with", default=nothing, parse=head_number, show=shown_number),
    ),
)
