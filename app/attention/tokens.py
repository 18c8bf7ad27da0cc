"""The tokens of the text as chips, to choose the one that looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from app.attention.look import Chosen, select_token
from components.chips import chips_of
from components.views.token_strip import token_strip
from core.attention import AttentionOverview
from core.language import _

MANY: Final = 80
"""More tokens scroll in a frame of their own."""


def choose_token(
    overview: AttentionOverview,
    chosen: Chosen,
    *,
    values: Sequence[float] | None = None,
    value_label: str = "",
) -> None:
    """The query tokens as chips; a click selects one. ``values``, 0..1, colour them."""
    tokens = overview.query_tokens
    height = 150 if len(tokens) > MANY else "content"
    with st.container(height=height, border=False):
        token_strip(
            chips_of(tokens, values=values),
            key="attention_tokens",
            label=_("The token that looks"),
            selected=chosen.token,
            on_select=select_token,
            value_label=value_label,
            legend=values is not None,
            compact=True,
        )
