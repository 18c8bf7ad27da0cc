"""Masked words: step through masked language modelling."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.links import open_link, publish_link
from app.masked.look import Look
from app.masked.moves import change_model, forget_masks
from app.masked.rooms import show_rooms
from app.masked.state import MASKED
from app.notes import what_am_i_looking_at
from components.controls import choose_model, text_input
from core.language import _

open_link(MASKED)
models = resources.available_models()
picker, words = st.columns([3, 9])
with picker:
    model = choose_model(_("Model"), models, key=MASKED.key("model"), on_change=change_model)
with words:
    text = text_input(_("Text"), key=MASKED.key("text"), on_change=forget_masks)
publish_link(MASKED)
show_rooms(Look(model=model, title=models.get(model, model), text=text))
what_am_i_looking_at(
    _(
        "A masked model predicts a word from the words on both sides of it: "
        "softmax(H W) over the whole vocabulary, at each mask. Each mask is predicted as if the "
        "others stayed masked, so what is filled in first changes what fits the others. Try "
        "“Fill in every order” under Settings."
    )
)
