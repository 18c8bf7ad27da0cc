"""The tab "Pattern": the chosen head as a matrix or as lines."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app.attention.heads import GRIDS
from app.attention.known import show_known
from app.attention.look import Chosen, Look, selecting, stepping
from app.attention.settings import (
    Options,
    choose_drawing,
    chosen_options,
    drawn,
    is_whole,
    settings,
)
from app.attention.state import ATTENTION
from app.attention.take_away import take_away
from app.attention.words import combined_title, note_region, place_text
from app.facts import source_line
from app.frame import as_plain, framed
from app.notes import head_title, sink_label
from components.axes import axes_of
from components.controls import choose_some
from components.views.attention_head import attention_head
from components.views.attention_lines import MOST_HEADS, attention_lines
from core.attention import AttentionOverview, AttentionRegion
from core.language import _

BESIDE = ATTENTION.key("beside")


@framed
def show_pattern(look: Look, overview: AttentionOverview, chosen: Chosen) -> None:
    """One head, or many as one, and what it is known for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        how = choose_drawing()
        settings(overview)
        options = chosen_options(overview)
        take_away(look, overview, chosen, options)
    title = head_title(overview, chosen.place)
    if not options.one_head:
        title = combined_title(chosen.layer, options)
    st.markdown(f"**{as_plain(title)}**")
    region = drawn(overview, chosen.place, options)
    if how == "matrix":
        _show_matrix(look, overview, chosen, region, title, is_whole(region, overview, options))
    else:
        _show_lines(look, overview, chosen, region, title, options)
    note_region(region)
    if options.one_head:
        show_known(look, overview, chosen)


def _show_matrix(
    look: Look,
    overview: AttentionOverview,
    chosen: Chosen,
    region: AttentionRegion,
    title: str,
    whole: bool,
) -> None:
    axes = axes_of(overview, region)
    select = selecting(axes.rows)
    attention_head(
        region.weights,
        axes.queries,
        axes.keys,
        key="attention_head",
        place=chosen.place,
        preview_of=GRIDS if whole else (),
        title=title,
        causal=axes.causal,
        sink_columns=axes.sinks,
        sink_label=sink_label(overview),
        special_queries=axes.special_queries,
        special_keys=axes.special_keys,
        selected_query=axes.row_of(chosen.token),
        on_select=lambda cell: select(cell[0]),
        on_move=stepping(overview),
        source=source_line(look.model),
    )


def _show_lines(
    look: Look,
    overview: AttentionOverview,
    chosen: Chosen,
    region: AttentionRegion,
    title: str,
    options: Options,
) -> None:
    axes = axes_of(overview, region)
    places = [chosen.place, *(_heads_beside(overview, chosen) if options.one_head else [])]
    attention_lines(
        np.stack(
            [region.weights, *(drawn(overview, place, options).weights for place in places[1:])]
        ),
        axes.queries,
        axes.keys,
        key="attention_lines",
        place=chosen.place,
        preview_of=GRIDS,
        title=title,
        names=[place_text(place) for place in places] if options.one_head else [title],
        causal=axes.causal,
        sink_columns=axes.sinks,
        sink_label=sink_label(overview),
        special_queries=axes.special_queries,
        special_keys=axes.special_keys,
        query_gaps=axes.query_gaps,
        key_gaps=axes.key_gaps,
        selected_query=axes.row_of(chosen.token),
        on_select=selecting(axes.rows),
        source=source_line(look.model),
    )


def _heads_beside(overview: AttentionOverview, chosen: Chosen) -> list[tuple[int, int]]:
    """Other heads, drawn in the same picture."""
    every = [(layer, head) for layer in overview.layers for head in overview.heads]
    return choose_some(
        _("Heads beside it, in colours of their own"),
        [place for place in every if place != chosen.place],
        key=BESIDE,
        most=MOST_HEADS - 1,
        shown=place_text,
        placeholder=_("none"),
    )
