"""The choice of a layer and of a head, or the mean of all heads, as pages of steps offer it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.codec import PageState
from components.controls import choose_number
from core.language import _

MEAN: Final = "mean"


def choose_layer_and_head(state: PageState, layers: int, heads: int) -> tuple[int, int | None]:
    """The layer, at first the last, and the head; None for the mean of all heads.

    ``state`` has the parameters "layer" and "head"; what the model has not is replaced.
    """
    layer_key, head_key = state.key("layer"), state.key("head")
    session = st.session_state
    if session[layer_key] is None or session[layer_key] >= layers:
        session[layer_key] = layers - 1
    if session[head_key] != MEAN and session[head_key] >= heads:
        session[head_key] = MEAN
    one, other = st.columns(2)
    with one:
        layer = choose_number(_("Layer"), range(layers), key=layer_key)
    with other:
        head = st.selectbox(
            _("Head"),
            [MEAN, *range(heads)],
            format_func=lambda number: _("mean of all") if number == MEAN else str(number),
            key=head_key,
            persist_state="session",
        )
    return layer, None if head == MEAN else int(head)
