"""What the session and an address hold for the Guide."""

from __future__ import annotations

from typing import Final

from app.codec import PageState, Param, one_of

GUIDE_TABS: Final = ("code", "tools", "field", "questions", "glossary")

EXAMPLES: Final = (
    *("attention_by_hand", "look_at_a_head", "switch_off_a_head", "fill_the_gap"),
    *("next_token", "before_learning", "lora"),
)
"""The scripts in the folder ``examples``, in the order of the course."""

GUIDE: Final = PageState(
    page="guide",
    params=(
        Param(name="tab", default=lambda: "code", parse=one_of(*GUIDE_TABS)),
        Param(name="example", default=lambda: EXAMPLES[0], parse=one_of(*EXAMPLES)),
        Param(name="find", default=str),
    ),
)
