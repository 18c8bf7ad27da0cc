"""The tab "Compare": two texts in one model, or one text in two, and how they differ."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.attention.look import Chosen, Look, select_head
from app.attention.state import ATTENTION
from app.facts import source_line
from app.frame import as_plain, framed
from app.notes import head_title, sink_label
from components.controls import choose_model, text_input
from components.views.attention_head import attention_head
from components.views.head_values import head_values
from core.attention import (
    AttentionOverview,
    compare_attention,
    most_changed_heads,
)
from core.errors import InputError
from core.language import _

OTHER_TEXT, OTHER_MODEL = ATTENTION.key("other_text"), ATTENTION.key("other_model")


@framed
def show_comparison(look: Look, overview: AttentionOverview, chosen: Chosen) -> None:
    """The chosen head of both, the second minus the first, and which heads differ most."""
    other_look = _choose_other(look)
    other = resources.attention_overview(
        other_look.model, other_look.text, look.pair, overview.stack
    )
    place = other.place(*chosen.place)
    left, right = st.columns(2, gap="large")
    with left:
        _show_side(look, overview, chosen.place, "first")
    with right:
        _show_side(other_look, other, place, "second")
    left, right = st.columns(2, gap="large")
    with left:
        if overview.stack != "cross":  # the wall says why there is none
            _show_difference(overview, chosen.place, other, place)
    with right:
        _show_wall(overview, other, chosen)


def _choose_other(look: Look) -> Look:
    """What the text is compared with: another text, another model, or both."""
    models = resources.available_models()
    text, model = st.columns([7, 5], gap="large")
    with text:
        other_text = text_input(_("The other text"), key=OTHER_TEXT)
    with model:
        other_model = choose_model(
            _("The other model"), models, key=OTHER_MODEL, none=_("the same model")
        )
    other = other_model or look.model
    return Look(
        model=other,
        title=models.get(other, other),
        text=other_text if other_text.strip() else look.text,
        pair=look.pair,
    )


@framed
def _show_side(look: Look, overview: AttentionOverview, place: tuple[int, int], side: str) -> None:
    st.markdown(f"**{as_plain(look.title)}** · {as_plain(head_title(overview, place))}")
    attention_head(
        overview.attention.head(*place),
        overview.query_tokens.labels,
        overview.key_tokens.labels,
        key=f"attention_{side}",
        title=f"{look.title} · {head_title(overview, place)}",
        causal=overview.causal,
        sink_columns=overview.sink_positions,
        sink_label=sink_label(overview),
        special_queries=overview.special_queries,
        special_keys=overview.special_positions,
        source=source_line(look.model),
    )


@framed
def _show_difference(
    first: AttentionOverview,
    first_place: tuple[int, int],
    second: AttentionOverview,
    second_place: tuple[int, int],
) -> None:
    difference = compare_attention(
        first.attention.head(*first_place),
        first.query_tokens,
        second.attention.head(*second_place),
        second.query_tokens,
    )
    title = _("Second minus first")
    st.markdown(f"**{title}**")
    tokens = first.query_tokens
    labels = [tokens.labels[place] for place in difference.first_positions]
    attention_head(
        difference.difference,
        labels,
        labels,
        key="attention_difference",
        title=title,
        causal=first.causal and second.causal,
        scale="difference",
    )
    alone = len(difference.unmatched_first) + len(difference.unmatched_second)
    if alone:
        st.markdown(
            ":small["
            + _("{count} tokens occur in only one of the two and are left out.").format(count=alone)
            + "]"
        )


@framed
def _show_wall(first: AttentionOverview, second: AttentionOverview, chosen: Chosen) -> None:
    heading = _("How much each head differs")
    st.markdown(f"**{heading}**")
    try:
        changed = most_changed_heads(first, second)
    except InputError as error:
        st.info(as_plain(str(error)))
        return
    head_values(
        changed,
        key="attention_changed",
        label=_("Mean difference of each head's weights"),
        scale="size",
        layers=first.layers,
        heads=first.heads,
        selected=chosen.place,
        on_select=select_head,
    )
