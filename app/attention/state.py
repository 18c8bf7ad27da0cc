"""What the session and an address hold for the Attention page."""

from __future__ import annotations

from typing import Final

from app.codec import (
    PageState,
    Param,
    flag,
    head_list,
    head_number,
    nothing,
    number_list,
    one_number,
    one_of,
    shown_flag,
    shown_heads,
    shown_number,
    shown_numbers,
)
from app.examples import examples

ATTENTION_TABS: Final = ("pattern", "qk", "matter", "compare", "generated", "bertviz")
"""The views of the Attention page; all share one selection."""

HEAD_ORDERS: Final = (
    *("previous", "next", "self", "first", "separator", "punctuation", "duplicate", "induction"),
    *("entropy", "distance"),
)
"""What heads can be sorted by: columns of ``core.attention.head_profile``."""

HEAD_CHOICES: Final = ("one", "layer_mean", "layer_max", "all_mean", "all_max")
"""Which heads one picture shows: the chosen one, or many as one."""

WRITTEN_COUNTS: Final = (10, 20, 40)
"""How many tokens a model may write."""

EFFECTS: Final = ("ablation", "contribution", "patching")
"""How the tab "Does it matter?" asks."""

ATTENTION: Final = PageState(
    page="attention",
    params=(
        Param(name="model", default=lambda: examples().model),
        Param(name="text", default=lambda: examples().text),
        Param(name="pair", default=str),
        # what is shown of it, and which head, layer and token
        Param(name="tab", default=lambda: "pattern", parse=one_of(*ATTENTION_TABS)),
        Param(name="view", default=lambda: "six", parse=one_of("six", "all", "sorted")),
        Param(name="order", default=lambda: "previous", parse=one_of(*HEAD_ORDERS)),
        Param(name="stack", default=lambda: "self", parse=one_of("self", "decoder", "cross")),
        Param(name="layer", default=nothing, parse=head_number, show=shown_number),
        Param(name="head", default=nothing, parse=head_number, show=shown_number),
        Param(name="token", default=nothing, parse=head_number, show=shown_number),
        # how one head is drawn
        Param(name="draw", default=lambda: "matrix", parse=one_of("matrix", "lines")),
        Param(name="beside", default=list, parse=head_list, show=shown_heads),
        Param(name="heads", default=lambda: "one", parse=one_of(*HEAD_CHOICES)),
        Param(name="part", default=lambda: "all", parse=one_of("all", "aa", "ab", "ba", "bb")),
        Param(name="special", default=lambda: True, parse=flag, show=shown_flag),
        Param(name="renormalise", default=lambda: False, parse=flag, show=shown_flag),
        # does it matter
        Param(name="predict", default=str),
        Param(name="replace", default=lambda: "zero", parse=one_of("zero", "mean")),
        Param(name="effect", default=lambda: "ablation", parse=one_of(*EFFECTS)),
        # compare, generated text, bertviz
        Param(name="other_text", default=lambda: examples().other_text),
        Param(name="other_model", default=str),
        Param(name="count", default=lambda: 20, parse=one_number(*WRITTEN_COUNTS)),
        Param(name="bertviz", default=lambda: "head", parse=one_of("head", "model", "neuron")),
        Param(name="layers", default=list, parse=number_list, show=shown_numbers),
    ),
)
