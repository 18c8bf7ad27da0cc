"""The tabs of the Attention page. They share the selection: layer, head and token."""

from __future__ import annotations

import streamlit as st

from app.attention.bertviz_room import show_bertviz
from app.attention.compare import show_comparison
from app.attention.generated import show_generated
from app.attention.heads import show_grid
from app.attention.look import HEAD, LAYER, STACK, Chosen, Look, settle
from app.attention.matter import show_matter
from app.attention.pattern import show_pattern
from app.attention.query_key import show_query_key
from app.attention.state import ATTENTION
from app.attention.words import explain_sinks
from app.facts import model_kind
from app.frame import framed
from app.links import publish_link
from components.controls import choose_number, choose_view
from core.attention import AttentionOverview
from core.attention.places import Stack
from core.language import _

TAB = ATTENTION.key("tab")


@st.fragment
@framed
def show_rooms(look: Look) -> None:
    """The tab that is chosen; a click in it runs only this again, not the page."""
    tab = _choose_tab()
    try:
        _show_tab(tab, look)
    finally:
        publish_link(ATTENTION)


@framed
def _show_tab(tab: str, look: Look) -> None:
    stack = _choose_stack(look, written=tab == "generated")
    if tab == "generated":
        show_generated(look, stack)
        return
    overview = look.overview(stack)
    chosen = settle(overview)
    if tab in ("pattern", "qk"):
        _show_beside_grid(tab, look, overview, chosen)
        return
    _choose_head(overview)
    if tab == "matter":
        show_matter(look, overview, chosen)
    elif tab == "compare":
        show_comparison(look, overview, chosen)
    else:
        show_bertviz(overview, chosen)


def _show_beside_grid(tab: str, look: Look, overview: AttentionOverview, chosen: Chosen) -> None:
    """The heads on the left, and on the right the chosen one as the tab shows it."""
    everything = st.session_state[ATTENTION.key("view")] != "six"
    left, right = st.columns([7, 5] if everything else [5, 7], gap="large")
    with left:
        show_grid(look, overview, chosen)
        explain_sinks(overview)
    with right:
        _choose_head(overview)
        (show_pattern if tab == "pattern" else show_query_key)(look, overview, chosen)


def _choose_tab() -> str:
    names = {
        "pattern": _("Pattern"),
        "qk": _("Query · key"),
        "matter": _("Does it matter?"),
        "compare": _("Compare"),
        "generated": _("Generated text"),
        "bertviz": "bertviz",
    }
    return choose_view(_("View"), names, key=TAB)


def _choose_head(overview: AttentionOverview) -> None:
    layer, head = st.columns(2)
    with layer:
        choose_number(_("Layer"), overview.layers, key=LAYER)
    with head:
        choose_number(_("Head"), overview.heads, key=HEAD)


def _choose_stack(look: Look, *, written: bool) -> Stack:
    """Which attention of an encoder–decoder model, that of what is ``written`` where only it
    counts; of all others there is one."""
    if model_kind(look.model) != "seq2seq":
        return "self"
    names: dict[Stack, str] = {
        "self": _("Encoder"),
        "decoder": _("Decoder"),
        "cross": _("Cross: decoder → encoder"),
    }
    if written:
        del names["self"]
    if st.session_state[STACK] not in names:
        st.session_state[STACK] = "cross"
    chosen: Stack = choose_view(_("Attention of"), names, key=STACK)
    return chosen
