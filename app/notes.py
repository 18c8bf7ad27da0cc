"""Sentences that stand under an input or a picture, made of numbers that core gives."""

from __future__ import annotations

import streamlit as st

from app.frame import as_plain
from app.guide.glossary import show_terms_of
from app.projector import is_projector
from components.grids import HeadWords
from core.attention import AttentionOverview
from core.language import _
from core.tokens import Tokens


def note_cut(tokens: Tokens) -> None:
    """Say where a text was cut, if it was."""
    if tokens.cut is None:
        return
    st.warning(
        _("Too long: {total} tokens, the limit is {limit}. Cut at “{place}”.").format(
            total=f"{tokens.cut.total:,}",
            limit=tokens.cut.limit,
            place=as_plain(tokens.cut.text.strip()) or "…",
        )
    )


def note_virtual(count: int) -> None:
    """Say what the first ``count`` tokens are, where a run trained them."""
    if not count:
        return
    said = _(
        "[V1] to [V{count}] are virtual tokens: vectors that this run trained, which stand "
        "before every text and are no words."
    ).format(count=count)
    st.markdown(f":small[{as_plain(said)}]")


def label_words() -> dict[str, str]:
    """What the labels of ``core.attention.head_profile`` are called."""
    return {
        "previous": _("previous token"),
        "next": _("next token"),
        "self": _("the token itself"),
        "first": _("first token"),
        "separator": _("separators"),
        "punctuation": _("punctuation"),
        "duplicate": _("same token elsewhere"),
        "induction": _("what followed last time"),
        "broad": _("everywhere alike"),
    }


def what_am_i_looking_at(text: str) -> None:
    """A short explanation under a view: the formula, the axes, one thing to try.

    A projector shows none: the teacher says it.
    """
    if is_projector():
        return
    with st.expander(
        _("What am I looking at?"), key="what_am_i_looking_at", on_change="rerun"
    ) as more:
        if more.open:
            st.markdown(text, width=680)
            show_terms_of(text)


def head_title(overview: AttentionOverview, place: tuple[int, int]) -> str:
    """What one head is and what it does in the text, in a line."""
    title = _("Layer {layer} · head {head}").format(layer=place[0], head=place[1])
    line = HeadWords(overview, label_words()).line(*place)
    return f"{title} · {line}" if line else title


def sink_label(overview: AttentionOverview) -> str:
    """The tokens that take most of the attention, and how much each takes over all heads."""
    labels = overview.key_tokens.characters
    return ", ".join(f"{labels[sink.position]} {sink.share:.0%}" for sink in overview.sinks)


def note_selection(
    overview: AttentionOverview, wanted: tuple[int | None, int | None], place: tuple[int, int]
) -> None:
    """Say so where a link asks for a head that this model does not have."""
    if None not in wanted and wanted != place:
        st.warning(
            _(
                "This model has no layer {layer} · head {head}: layers go from 0 to {layers}, "
                "heads from 0 to {heads}. Layer {to_layer} · head {to_head} is shown instead."
            ).format(
                layer=wanted[0],
                head=wanted[1],
                layers=overview.layers[-1],
                heads=overview.heads[-1],
                to_layer=place[0],
                to_head=place[1],
            )
        )
