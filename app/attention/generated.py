"""The tab "Generated text": the model goes on, and each new token shows what it looked back at."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app import resources
from app.attention import computed
from app.attention.look import Look, select_head, settle, stepping
from app.attention.state import ATTENTION, WRITTEN_COUNTS
from app.attention.take_away import take_away_written
from app.facts import model_kind, source_line
from app.frame import as_plain, framed
from app.notes import head_title, label_words, sink_label
from app.waiting import note_stopped, waited
from components.axes import axes_of
from components.controls import choose_number
from components.grids import grid_heads, grid_sinks, grid_thumbnails
from components.views.attention_grid import attention_grid
from components.views.attention_head import attention_head
from core.attention import AttentionOverview, attention_region
from core.attention.places import Stack
from core.language import _

COUNT: Final = ATTENTION.key("count")
WRITERS: Final = ("causal", "seq2seq")


@framed
def show_generated(look: Look, stack: Stack) -> None:
    """What the model writes after the text, and the rows of it in the chosen head."""
    if model_kind(look.model) not in WRITERS:
        st.info(
            _("{model} reads text and writes none: choose a causal model, such as SmolLM2.").format(
                model=as_plain(look.title)
            )
        )
        return
    narrow, _rest = st.columns([2, 10])
    with narrow:
        count = choose_number(_("New tokens"), WRITTEN_COUNTS, key=COUNT)
    asked = (look.model, "generated", look.text, count)
    job = waited(
        asked,
        "attention_generated",
        _("{model} goes on after the text").format(model=look.title),
        lambda progress, stop: computed.write(look.model, look.text, count, progress, stop),
    )
    if job is None or job.value is None:
        return
    note_stopped(job, "attention_generated", lambda: resources.jobs().forget(asked))
    overview = computed.written_overview(look.model, look.text, count, stack)
    _show_text(look.text, job.value.text)
    _show(look, overview, job.value.first, count)


def _show_text(prompt: str, written: str) -> None:
    """The text, and what was written after it, emphasised."""
    said = " ↵ ".join(written.split("\n")).strip()
    after = f" **{as_plain(said)}**" if said else ""
    st.markdown(f"{as_plain(prompt.rstrip())}{after}", width=680)


def _show(look: Look, overview: AttentionOverview, first: int, count: int) -> None:
    chosen = settle(overview)
    left, right = st.columns([5, 7], gap="large")
    with left:
        heads = grid_heads(overview, label_words(), everything=False)
        attention_grid(
            heads,
            grid_thumbnails(overview, heads),
            key="attention_grid_generated",
            label=_("Attention heads of {model}").format(model=look.title),
            selected=chosen.place,
            on_select=select_head,
            causal=overview.causal,
            sink_columns=grid_sinks(overview),
            sink_label=sink_label(overview),
            pooled=overview.pooled,
            source=source_line(look.model),
        )
    with right:
        take_away_written(look, chosen, count, overview.stack)
        title = head_title(overview, chosen.place)
        st.markdown(f"**{as_plain(title)}**")
        crossing = overview.stack == "cross"
        region = attention_region(
            overview.attention.head(*chosen.place),
            overview.query_tokens,
            queries=range(min(first, len(overview.query_tokens) - 1), len(overview.query_tokens)),
            key_tokens=overview.key_tokens if crossing else None,
        )
        axes = axes_of(overview, region)
        attention_head(
            region.weights,
            axes.queries,
            axes.keys,
            key="attention_head_generated",
            place=chosen.place,
            title=title,
            causal=axes.causal,
            sink_columns=axes.sinks,
            sink_label=sink_label(overview),
            special_queries=axes.special_queries,
            special_keys=axes.special_keys,
            on_move=stepping(overview),
            source=source_line(look.model),
        )
        st.markdown(
            ":small["
            + _(
                "Each row is a new token, and what it looked back at: the attention with which "
                "the token after it was chosen."
            )
            + "]",
            width=680,
        )
