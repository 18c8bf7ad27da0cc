"""Between address bar and session: every page opens its link first and publishes it last."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app import resources
from app.classroom.teaching import show_class
from app.codec import PageState
from app.frame import as_plain
from app.header import WRITTEN_KEY
from app.home.recent import note_work
from app.identity import identity
from app.projector import mode_of_link
from core.language import current_language


def open_link(state: PageState) -> None:
    """Bring the address into the session; show one sentence for each value it could not use."""
    address = st.query_params.to_dict()
    context = get_script_run_ctx()
    returned = context is not None and context.is_history_navigation
    problems = state.read(st.session_state, address, resources.records(), returned=returned)
    for problem in problems:
        st.warning(as_plain(problem))


def publish_link(state: PageState) -> None:
    """Write what the page shows into the address, so that copying it reopens the same thing."""
    link = state.link(st.session_state, current_language(), resources.records(), identity())
    link |= mode_of_link()
    state.write(st.session_state, link)
    st.session_state[WRITTEN_KEY] = link["lang"]
    if st.query_params.to_dict() != link:
        st.query_params.from_dict(link)
    show_class(state.page, link)
    note_work(state.page, link)
