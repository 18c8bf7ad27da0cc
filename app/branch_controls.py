"""Branches by name: what they are called, and the controls to name and delete one."""

from __future__ import annotations

import streamlit as st

from app.branches import NAME_LIMIT
from app.walk import Walk
from core.language import _


def branch_name(walk: Walk, number: int) -> str:
    """What a branch is called; one alone needs no name."""
    rows = walk.branches.rows
    if rows[number].name or len(rows) < 2:
        return rows[number].name
    return _("branch {number}").format(number=number + 1)


def choose_branch(walk: Walk) -> None:
    """Name or delete the branch of the step that is shown."""
    if len(walk.branches.rows) < 2:
        return
    number = walk.place[0]
    key = f"{walk.state.page}_branch_name"
    st.session_state[key] = branch_name(walk, number)
    st.text_input(
        _("Name of this branch"),
        key=key,
        max_chars=NAME_LIMIT,
        on_change=walk.rename,
        args=(number, key),
    )
    if number:
        st.button(
            _("Delete this branch"),
            key=f"{walk.state.page}_prune",
            on_click=walk.prune,
            args=(number,),
            width="stretch",
        )
