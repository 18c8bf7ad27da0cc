"""Home: the first minute, recent work, the map from theory to practice, and what is running."""

from __future__ import annotations

import streamlit as st

from app.home.first_minute import show_own_sentence, show_same_look, show_twice
from app.home.recent import draw_recent
from app.home.running import show_running
from app.home.way_in import show_course, show_map
from app.links import open_link, publish_link
from app.state import HOME

open_link(HOME)
show_same_look()
left, right = st.columns([7, 5], gap="large")
with left:
    show_twice()
with right:
    show_own_sentence()
    show_course()
draw_recent()
show_map()
show_running()
publish_link(HOME)
