"""What is going on on this server: runs, fetches, and the models in memory. Closed at first."""

from __future__ import annotations

import streamlit as st

from app.frame import as_plain, framed
from app.navigation import page_path
from core.language import _


@framed
def show_running() -> None:
    """A fold with what runs; nothing of it is asked for while it is closed."""
    with st.expander(_("On this machine"), key="home_machine", on_change="rerun") as machine:
        if machine.open:
            _draw()


def _draw() -> None:
    from app.model_room import draw_memory
    from app.train.runs_words import title
    from app.train.store import runs

    going = [each for each in runs().list() if each.state in ("queued", "running")]
    if not going:
        st.markdown(_("No run is going on."))
    for each in going:
        st.page_link(
            page_path("train"),
            label=as_plain(title(each)),
            icon=":material/model_training:",
            query_params={"tab": "runs", "run": each.id},
        )
    draw_memory()
