"""Projector mode: larger type and chips, fewer controls; it stands in the link.

Everything in a page is measured in the size of the root's type, so that size is all that changes:
16 pixels become 22, and a chip of 32 pixels one of 44.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.classroom.state import PROJECTOR
from components.views.type_size import type_size

PARAM: Final = "mode"
VALUE: Final = "projector"
WRITTEN: Final = "mode._written"
SIZE: Final = 22
"""Pixels of the root's type."""
USUAL_SIZE: Final = 16
"""The same elsewhere."""


def choose_mode() -> None:
    """Settle the mode of this run: the link's where it is new, else the session's."""
    asked = st.query_params.get(PARAM)
    if asked is not None and asked != st.session_state.get(WRITTEN):
        st.session_state[PROJECTOR] = asked == VALUE
        st.session_state[WRITTEN] = asked


def is_projector() -> bool:
    """Whether this session is drawn for a projector."""
    return bool(st.session_state.get(PROJECTOR))


def mode_of_link() -> dict[str, str]:
    """What the mode adds to a link."""
    added = {PARAM: VALUE} if is_projector() else {}
    st.session_state[WRITTEN] = added.get(PARAM)
    return added


def set_type_size() -> None:
    """Tell the browser how large the type is."""
    type_size(SIZE if is_projector() else None, key="type_size")
