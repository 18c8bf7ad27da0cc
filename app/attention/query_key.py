"""The tab "Query · key": how one token comes to its weights in the chosen head."""

from __future__ import annotations

import streamlit as st

from app.attention import computed
from app.attention.look import Chosen, Look
from app.attention.tokens import choose_token
from app.frame import as_plain, framed
from app.notes import head_title
from components.views.query_key import query_key
from core.attention import AttentionOverview
from core.attention.query_key import query_key_detail
from core.language import _


@framed
def show_query_key(look: Look, overview: AttentionOverview, chosen: Chosen) -> None:
    """The query vector of a token, and of each key the product, the sum, the score, the weight."""
    choose_token(overview, chosen)
    detail = query_key_detail(
        overview.attention,
        *chosen.place,
        chosen.token,
        rotary=computed.is_rotary(look.model, chosen.layer, overview.stack),
    )
    token = overview.query_tokens.labels[chosen.token]
    title = _("{head} · from “{token}”").format(
        head=head_title(overview, chosen.place), token=token
    )
    st.markdown(f"**{as_plain(title)}**")
    query_key(
        detail,
        token,
        overview.key_tokens.labels,
        key="attention_query_key",
        title=title,
        special_keys=overview.special_positions,
    )
    st.markdown(f":small[{_steps(overview, chosen, detail.kv_head, detail.rotary)}]", width=680)


def _steps(
    overview: AttentionOverview, chosen: Chosen, kv_head: int | None, rotary: bool | None
) -> str:
    """What the numbers are made of, in this model."""
    sentences = [
        _(
            "Each row multiplies the query of the token with the key of another, dimension by "
            "dimension; the sum is q·k; times the model's scale, usually 1/√dₖ, it is the score; "
            "and softmax over the scores gives the weights."
        )
    ]
    if rotary:
        sentences.append(_("Queries and keys are shown after rotation by position (rotary)."))
    if kv_head is not None and kv_head != chosen.head:
        sentences.append(
            _("This head shares its keys with others: key head {number}.").format(number=kv_head)
        )
    return " ".join(sentences)
