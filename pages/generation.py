"""Generation: step through a causal language model one token at a time."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.generation.look import Look
from app.generation.moves import change_model, forget_steps
from app.generation.rooms import show_rooms
from app.generation.state import GENERATION
from app.links import open_link, publish_link
from app.notes import what_am_i_looking_at
from components.controls import choose_model, text_input
from core.language import _

open_link(GENERATION)
models = resources.available_models()
picker, words = st.columns([3, 9])
with picker:
    model = choose_model(_("Model"), models, key=GENERATION.key("model"), on_change=change_model)
with words:
    text = text_input(_("Text to go on with"), key=GENERATION.key("text"), on_change=forget_steps)
publish_link(GENERATION)
special = bool(st.session_state[GENERATION.key("special")])
show_rooms(Look(model=model, title=models.get(model, model), text=text, special=special))
what_am_i_looking_at(
    _(
        "A causal model gives a probability to every token of its vocabulary as the next one; one "
        "is drawn, joins the text, and the model is asked again. Outlined bars are the model's "
        "own probabilities, filled ones those after repetition penalty, temperature, top-k, top-p "
        "and min-p. Move the temperature and watch the bars; click a token to go on with it."
    )
)
