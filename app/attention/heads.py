"""The heads of a text, to choose one: six first, all of them, or sorted by what they do."""

from __future__ import annotations

import streamlit as st

from app.attention.look import Chosen, Look, select_head
from app.attention.state import ATTENTION, HEAD_ORDERS
from app.attention.words import order_words
from app.facts import source_line
from app.notes import label_words, sink_label
from components.grids import (
    grid_heads,
    grid_sinks,
    grid_thumbnails,
    grid_tints,
    sorted_heads,
)
from components.views.attention_grid import attention_grid
from core.attention import AttentionOverview
from core.language import _

VIEW, ORDER = ATTENTION.key("view"), ATTENTION.key("order")
GRIDS = ("attention_grid_six", "attention_grid_all", "attention_grid_sorted")
"""The widget keys of the grids, from whose thumbnails a chosen head is drawn at once."""


def show_grid(look: Look, overview: AttentionOverview, chosen: Chosen) -> None:
    """The grid of heads, and above it which ones."""
    view = _choose_view(overview, chosen)
    if view == "sorted":
        heads = sorted_heads(overview, st.session_state[ORDER])
    else:
        heads = grid_heads(overview, label_words(), everything=view == "all")
    attention_grid(
        heads,
        grid_thumbnails(overview, heads),
        key=f"attention_grid_{view}",
        label=_("Attention heads of {model}").format(model=look.title),
        selected=chosen.place,
        on_select=select_head,
        causal=overview.causal,
        sink_columns=grid_sinks(overview),
        sink_label=sink_label(overview),
        layout={"six": "labelled", "all": "wall", "sorted": "flow"}[view],
        pooled=overview.pooled,
        tints=grid_tints(heads) if view == "sorted" else None,
        tint_label=order_words()[st.session_state[ORDER]] if view == "sorted" else "",
        source=source_line(look.model),
    )


def _choose_view(overview: AttentionOverview, chosen: Chosen) -> str:
    """Six, all or sorted; the order beside it where heads are sorted."""
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            _("Heads"),
            ["six", "all", "sorted"],
            format_func={
                "six": _("Six heads first"),
                "all": _("All {count} heads").format(count=overview.head_count),
                "sorted": _("Sorted"),
            }.__getitem__,
            key=VIEW,
            persist_state="session",
            required=True,
            label_visibility="collapsed",
        )
        if view == "sorted":
            known = overview.scores(*chosen.place)
            orders = [order for order in HEAD_ORDERS if order in known]
            if st.session_state[ORDER] not in orders:
                st.session_state[ORDER] = orders[0]
            st.selectbox(
                _("Sorted by"),
                orders,
                format_func=order_words().__getitem__,
                key=ORDER,
                persist_state="session",
                label_visibility="collapsed",
                width=220,
            )
    return str(view)
