"""Prompts: build them, measure them, make them better."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.links import open_link, publish_link
from app.notes import what_am_i_looking_at
from app.prompts.rooms import show_rooms
from app.prompts.state import PROMPTS
from app.prompts.tables import choose_table
from components.controls import choose_model
from core.language import _

open_link(PROMPTS)
model, rows = st.columns(2)
with model:
    choose_model(_("Model"), resources.available_models(), key=PROMPTS.key("model"))
with rows:
    choose_table()
publish_link(PROMPTS)
show_rooms()
what_am_i_looking_at(
    _(
        "A prompt is a template that each row of a table fills in. A causal model goes on with it, "
        "a masked model fills in [MASK]. The words of the labels compete: the probability of a "
        "word is the product of its pieces', that of a label the mean of its words', and all are "
        "divided by their sum. Try other words for the same labels."
    )
)
