"""Words and sentences of the Attention page: names of scores, of heads, of what is out of sight."""

from __future__ import annotations

import streamlit as st

from app.attention.settings import Options, head_choices
from app.facts import model_kind
from app.frame import as_plain
from app.notes import label_words
from core.attention import AttentionOverview, AttentionRegion
from core.errors import HeadlightError
from core.language import _


def order_words() -> dict[str, str]:
    """What the columns of ``core.attention.head_profile`` are called."""
    return label_words() | {
        "entropy": _("spread (entropy)"),
        "distance": _("mean distance"),
    }


def place_text(place: tuple[int, int]) -> str:
    """A head in short."""
    return _("layer {layer} · head {head}").format(layer=place[0], head=place[1])


def pair_label(model_id: str) -> str:
    """What the second text is, to a model: the other of a pair, or the target."""
    try:
        target = model_kind(model_id) == "seq2seq"
    except HeadlightError:  # said below the inputs, which must stand
        target = False
    return _("Target (empty: what the model writes)") if target else _("Second text (a pair)")


def combined_title(layer: int, options: Options) -> str:
    """What a picture of many heads as one is called."""
    what = head_choices()[options.heads]
    if options.heads.startswith("all"):
        return what
    return _("Layer {layer} · {heads}").format(layer=layer, heads=what)


def note_region(region: AttentionRegion) -> None:
    """Say how much of the attention is out of sight, where something is left out."""
    if region.hidden_share < 0.0005:
        return
    hidden = f"{region.hidden_share:.0%}" if region.hidden_share >= 0.01 else "< 1%"
    said = (
        _("{share} of the attention of these rows is out of sight; the rest is scaled up to 1.")
        if region.renormalised
        else _("{share} of the attention of these rows is out of sight; rows sum to less than 1.")
    )
    st.markdown(f":small[{as_plain(said.format(share=hidden))}]")


def explain_sinks(overview: AttentionOverview) -> None:
    """Why so much attention rests on a token that says nothing."""
    if not overview.sinks:
        return
    names = overview.key_tokens.characters
    sink = max(overview.sinks, key=lambda one: one.share)
    question = _("Why does everything look at “{token}”?").format(token=names[sink.position])
    with st.expander(as_plain(question), key="attention_sinks", on_change="rerun") as more:
        if more.open:
            st.markdown(
                _(
                    "“{token}” takes {share} of all attention of this text. Softmax makes every "
                    "row sum to 1, so a head that finds nothing to do must still look somewhere. "
                    "It learns to rest on a token that is always there and carries little "
                    "meaning: an attention sink. Such a column says “nothing here”, not “this "
                    "matters”; it is drawn grey and its numbers are kept. Point at it to read them."
                ).format(token=as_plain(names[sink.position]), share=f"{sink.share:.0%}"),
                width=680,
            )
