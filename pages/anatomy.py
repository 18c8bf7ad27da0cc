"""Anatomy: one sentence through a model, step by step, and where the words of several live."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.anatomy.look import Look
from app.anatomy.rooms import show_rooms
from app.anatomy.state import ANATOMY
from app.attention.words import pair_label
from app.links import open_link, publish_link
from app.notes import what_am_i_looking_at
from components.controls import choose_model, choose_view, text_input
from core.language import _

open_link(ANATOMY)
models = resources.available_models()
names = {"steps": _("One sentence, step by step"), "space": _("Where words live")}
room = choose_view(_("Room"), names, key=ANATOMY.key("room"))
picker, first, second = st.columns([3, 5, 4])
with picker:
    model = choose_model(_("Model"), models, key=ANATOMY.key("model"))
if room == "space":
    from app.anatomy.space import show_space
    from app.anatomy.space_look import SpaceLook, lines_of

    with first:
        lines = text_input(_("Lines, each read by itself"), key=ANATOMY.key("lines"))
    publish_link(ANATOMY)
    show_space(SpaceLook(model=model, lines=lines_of(lines)))
    what_am_i_looking_at(
        _(
            "Every token is a vector of hundreds of dimensions; a picture shows two or three. At "
            "layer 0 a word has the same vector in every line, but for its position; each layer "
            "mixes in what stands around, and one word becomes two. Choose a point: who is near "
            "it is told by the cosine of whole vectors, 1 for the same direction. Move the slider "
            "from 0 to the last layer."
        )
    )
else:
    with first:
        text = text_input(_("Text"), key=ANATOMY.key("text"))
    with second:
        pair = text_input(pair_label(model), key=ANATOMY.key("pair"))
    publish_link(ANATOMY)
    show_rooms(Look(model=model, title=models.get(model, model), text=text, pair=pair))
    what_am_i_looking_at(
        _(
            "One sentence on its way through a model. On the left its parts, each with its "
            "parameters; on the right one step: the formula, and the very matrices that the "
            "network computed. A row is a token, a column a dimension; blue is below 0, orange "
            "above. Point at a cell of a product: the row and the column it comes from are "
            "marked, and the sum is written out. A click on a symbol opens its matrix with its "
            "numbers. Try “without √dₖ” in step 4."
        )
    )
