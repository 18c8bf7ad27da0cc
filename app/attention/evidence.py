"""Other ways to ask which tokens matter: the head's own weights, rollout, gradient × input."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.attention import computed
from app.attention.look import Chosen, Look
from app.frame import as_plain
from components.tables import largest_rows, table
from core.attention import AttentionOverview
from core.attention.target import Target
from core.language import _

MOST_ROWS: Final = 16


def show_tokens(look: Look, overview: AttentionOverview, chosen: Chosen, target: Target) -> None:
    """One table: each token by attention, rollout and gradient × input."""
    if overview.capture.kind == "seq2seq":
        return  # rollout does not follow attention from one stack to the other
    query = target.position
    texts = (look.text, look.pair)
    weights = overview.attention.head(*chosen.place)[query]
    rollout = computed.rollout(overview, texts)[query]
    gradient = computed.attribution(overview, target, texts)
    rows = largest_rows(weights, rollout, gradient, most=MOST_ROWS)
    labels = overview.key_tokens.labels
    st.markdown(
        table(
            (_("token"), _("this head"), _("rollout"), _("gradient × input")),
            [
                (labels[row], *(f"{part[row]:.3f}" for part in (weights, rollout, gradient)))
                for row in rows
            ],
        )
    )
    said = _(
        "From “{token}”: the weights of this head; rollout, which follows attention through all "
        "layers; and each token's share of |gradient × input|. Where they disagree, none of them "
        "alone is the explanation."
    ).format(token=as_plain(overview.query_tokens.labels[query]))
    if left_out := len(labels) - len(rows):
        said += " " + _("{count} tokens lower in all three are left out.").format(count=left_out)
    st.markdown(f":small[{said}]", width=680)
