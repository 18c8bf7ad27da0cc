"""Attention: every head at a glance, one head closely, and whether it matters."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app import resources
from app.attention.look import Look
from app.attention.rooms import show_rooms
from app.attention.state import ATTENTION
from app.attention.words import pair_label
from app.example_texts import follow_model
from app.frame import as_plain
from app.links import open_link, publish_link
from app.notes import note_cut, note_virtual, what_am_i_looking_at
from components.controls import choose_model, text_input
from core.language import _
from core.models.virtual import count_virtual

open_link(ATTENTION)
models = resources.available_models()
picker, first, second = st.columns([3, 5, 4])
with picker:
    model = choose_model(
        _("Model"), models, key=ATTENTION.key("model"), on_change=partial(follow_model, ATTENTION)
    )
with first:
    text = text_input(_("Text"), key=ATTENTION.key("text"))
with second:
    pair = text_input(pair_label(model), key=ATTENTION.key("pair"))
publish_link(ATTENTION)
look = Look(model=model, title=models.get(model, model), text=text, pair=pair)
with st.spinner(_("Reading the text with {model}").format(model=as_plain(look.title))):
    tokens = look.overview("self").capture.tokens
note_cut(tokens)
note_virtual(count_virtual(tokens))
show_rooms(look)
what_am_i_looking_at(
    _(
        "Each square is one head: a row is a token that looks, a column a token that is looked at, "
        "and the colour is the weight, softmax(QKᵀ / √dₖ). Every row sums to 1. A head with "
        "nothing to look for rests on a token that carries no meaning, the first one or a "
        "separator: such a column is drawn grey. A weight says where a head looks, not that it "
        "matters. Try “wide” for “tired”."
    )
)
