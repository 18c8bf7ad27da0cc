"""Models: what is on this server, what it takes, and, for the teacher, fetching and loading."""

from __future__ import annotations

import streamlit as st

from app import model_room
from app.frame import framed
from app.identity import is_teacher
from app.links import open_link, publish_link
from app.notes import what_am_i_looking_at
from app.state import MODELS
from core.language import _

FETCHING_TICK = 1.0


@st.fragment(run_every=FETCHING_TICK)
@framed
def show_fetches() -> None:
    """The fetches under way, each with its bar and a stop; the page runs again when one ends."""
    if model_room.draw_fetches(may_stop=is_teacher()):
        st.rerun()


open_link(MODELS)
st.header(_("Models"))
model_room.draw_memory()
if model_room.fetches_under_way():
    show_fetches()
model_room.draw_ended_fetches()
st.subheader(_("On this server"))
model_room.draw_models(model_room.here(), may_change=is_teacher())
with st.expander(_("Models of the hub"), key="models_hub", on_change="rerun") as hub:
    if hub.open:
        st.caption(_("These come from the model hub, or from a mirror of it named by HF_ENDPOINT."))
        model_room.draw_models(model_room.elsewhere(), may_change=is_teacher())
model_room.draw_teacher()
what_am_i_looking_at(
    _(
        "An encoder reads a whole text at once; a causal model reads from left to right and can "
        "go on writing. Parameters are the numbers that training set; in float32 each takes four "
        "bytes. Headlight opens safetensors only: a pickled file can run code when it is opened."
    )
)
publish_link(MODELS)
