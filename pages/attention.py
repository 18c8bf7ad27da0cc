"""Attention: six labelled heads or all of them, and one head closely."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.frame import as_plain, framed
from app.links import open_link, publish_link
from app.notes import (
    head_title,
    label_words,
    note_cut,
    note_selection,
    sink_label,
    what_am_i_looking_at,
)
from app.state import ATTENTION
from components.controls import choose_model, choose_number, text_input
from components.grids import grid_heads, grid_sinks, grid_thumbnails
from components.views.attention_grid import attention_grid
from components.views.attention_head import attention_head
from core.attention import AttentionOverview
from core.language import _

LAYER, HEAD, VIEW = (ATTENTION.key(name) for name in ("layer", "head", "view"))


def select(place: tuple[int, int]) -> None:
    """Make ``place`` (layer, head) the selected head."""
    st.session_state[LAYER], st.session_state[HEAD] = place


def settle_selection(overview: AttentionOverview) -> tuple[int, int]:
    """The selected head; the first labelled one where the link or session names none there is."""
    wanted = (st.session_state[LAYER], st.session_state[HEAD])
    place = overview.place(*wanted)
    note_selection(overview, wanted, place)
    select(place)
    return place


@st.fragment
@framed
def show_heads(overview: AttentionOverview, name: str) -> None:
    """The grid on the left, the chosen head on the right; a click runs only this again."""
    place = settle_selection(overview)
    everything = st.session_state[VIEW] == "all"
    left, right = st.columns([7, 5] if everything else [5, 7], gap="large")
    with left:
        st.segmented_control(
            _("Heads"),
            ["six", "all"],
            format_func={
                "six": _("Six heads first"),
                "all": _("All {count} heads").format(count=overview.head_count),
            }.__getitem__,
            key=VIEW,
            persist_state="session",
            required=True,
            label_visibility="collapsed",
        )
        heads = grid_heads(overview, label_words(), everything=everything)
        attention_grid(
            heads,
            grid_thumbnails(overview, heads),
            key="attention_grid_all" if everything else "attention_grid_six",
            label=_("Attention heads of {model}").format(model=name),
            selected=place,
            on_select=select,
            causal=overview.capture.causal,
            sink_columns=grid_sinks(overview),
            sink_label=sink_label(overview),
            layout="wall" if everything else "labelled",
            pooled=overview.pooled,
        )
    with right:
        layer, head = st.columns(2)
        with layer:
            choose_number(_("Layer"), overview.layers, key=LAYER)
        with head:
            choose_number(_("Head"), overview.heads, key=HEAD)
        title = head_title(overview, place)
        st.markdown(f"**{as_plain(title)}**")
        labels = overview.capture.tokens.labels
        special = overview.special_positions
        attention_head(
            overview.capture.head(*place),
            labels,
            labels,
            key="attention_head",
            place=place,
            preview_of=("attention_grid_six", "attention_grid_all"),
            title=title,
            causal=overview.capture.causal,
            sink_columns=overview.sink_positions,
            sink_label=sink_label(overview),
            special_queries=special,
            special_keys=special,
        )
    publish_link(ATTENTION)


open_link(ATTENTION)
models = resources.available_models()
picker, first, second = st.columns([3, 5, 4])
with picker:
    model = choose_model(_("Model"), models, key=ATTENTION.key("model"))
with first:
    text = text_input(_("Text"), key=ATTENTION.key("text"))
with second:
    pair = text_input(_("Second text (a pair)"), key=ATTENTION.key("pair"))
publish_link(ATTENTION)
with st.spinner(
    _("Reading the text with {model}").format(model=as_plain(models.get(model, model)))
):
    overview = resources.attention_overview(model, text, pair)
note_cut(overview.capture.tokens)
show_heads(overview, models[model])
what_am_i_looking_at(
    _(
        "Each square is one head: a row is a token that looks, a column a token that is looked at, "
        "and the colour is the weight, softmax(QKᵀ / √dₖ). Every row sums to 1. A head with "
        "nothing to look for rests on a token that carries no meaning, the first one or a "
        "separator: such a column is drawn grey. A weight says where a head looks, not that it "
        "matters. Try “wide” for “tired”."
    )
)
