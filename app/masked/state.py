"""What the session and an address hold for the Masked words page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.branches import START, Branches, read_branches, read_place, written_branches, written_place
from app.codec import (
    PageState,
    Param,
    head_number,
    head_or_mean,
    nothing,
    number_in,
    number_list,
    one_of,
    shown_number,
    shown_numbers,
)
from app.examples import examples

if TYPE_CHECKING:
    from core.masked import Order

MASKED_TABS: Final = ("fill", "scheme", "score", "next", "models", "table")
"""The views of the Masked words page; all but the last read the same text."""

FILL_ORDERS: Final[tuple[Order, ...]] = ("confidence", "left", "right", "random")
"""Which mask is filled next; a click on a word fills by hand in any of them."""

MASKED: Final = PageState(
    page="masked",
    params=(
        Param(name="model", default=lambda: examples().masked_model),
        Param(name="text", default=lambda: examples().masked_text),
        Param(name="masks", default=list, parse=number_list, show=shown_numbers),
        Param(name="tab", default=lambda: "fill", parse=one_of(*MASKED_TABS)),
        # filling step by step
        Param(name="order", default=lambda: "confidence", parse=one_of(*FILL_ORDERS)),
        Param(name="choose", default=lambda: "greedy", parse=one_of("greedy", "sample")),
        Param(name="seed", default=lambda: 0, parse=number_in(0, 9999)),
        Param(name="steps", default=Branches, parse=read_branches, show=written_branches),
        Param(name="at", default=lambda: START, parse=read_place, show=written_place),
        Param(name="inside", default=lambda: "words", parse=one_of("words", "attention", "lens")),
        Param(name="layer", default=nothing, parse=head_number, show=shown_number),
        Param(name="head", default=lambda: "mean", parse=head_or_mean, show=str),
        # masking as BERT was trained, in percent
        Param(name="rate", default=lambda: 15, parse=number_in(1, 100)),
        Param(name="mask", default=lambda: 80, parse=number_in(0, 100)),
        Param(name="random", default=lambda: 10, parse=number_in(0, 100)),
        Param(name="draw", default=lambda: 0, parse=number_in(0, 9999)),
        # sentence pairs, another model, many sentences
        Param(name="first", default=lambda: examples().first_sentence),
        Param(name="second", default=lambda: examples().next_sentence),
        Param(name="other_model", default=str),
        Param(name="table", default=str),
    ),
)
