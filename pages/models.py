"""Models: what is on this server, what it takes, and, for the teacher, fetching and loading."""

from __future__ import annotations

import streamlit as st

from app import fetches, model_room
from app.identity import is_teacher
from app.links import open_link, publish_link
from app.notes import what_am_i_looking_at
from app.state import MODELS
from core.language import _

open_link(MODELS)
teacher = is_teacher()
here, elsewhere = model_room.here(), model_room.elsewhere()
model_room.draw_memory()
running = st.container()
st.header(_("On this server"), anchor=False)
if not teacher:
    st.caption(_("Only the teacher may fetch, load and unload models."))
model_room.draw_models(here, may_change=teacher)
with st.expander(_("Models of the hub"), key="models_hub", on_change="rerun") as hub:
    if hub.open:
        st.caption(_("These come from the model hub, or from a mirror of it named by HF_ENDPOINT."))
        model_room.draw_models(elsewhere, may_change=teacher)
model_room.draw_teacher()
with running:
    fetches.draw_others(
        {row.id for row in [*here, *(elsewhere if hub.open else [])]} | {model_room.typed_name()},
        may_stop=teacher,
    )
what_am_i_looking_at(
    _(
        "An encoder reads a whole text at once; a causal model reads from left to right and can "
        "go on writing. Parameters are the numbers that training set; in float32 each takes four "
        "bytes. Headlight opens safetensors only: a pickled file can run code when it is opened."
    )
)
publish_link(MODELS)
