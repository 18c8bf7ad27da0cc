"""The cards of the families, and the choice of a task in one."""

from __future__ import annotations

import streamlit as st

from app.tasks.moves import TASK, choose_family, follow_task
from core.language import _
from core.tasks import Family, families, find_family, find_task

_WIDTH = 166  # pixels; five stand side by side on a laptop, two on a telephone


def show_cards(chosen: str) -> None:
    """A card for each family; that of the task ``chosen`` is marked."""
    with st.container(horizontal=True, gap="small", key="tasks_cards"):
        for family in families():
            _card(family, marked=find_task(chosen).family == family.name)


def _card(family: Family, *, marked: bool) -> None:
    with st.container(border=True, width=_WIDTH, gap="xxsmall"):
        st.button(
            family.title,
            key=f"tasks_card_{family.name}",
            type="primary" if marked else "secondary",
            width="stretch",
            on_click=choose_family,
            args=(family.name,),
        )
        st.markdown(f":small[{family.about}]")


def choose_task(chosen: str) -> None:
    """The tasks of the family as buttons in a row."""
    tasks = {task.id: task.title for task in find_family(find_task(chosen).family).tasks}
    if len(tasks) > 1:
        st.segmented_control(
            _("Task"),
            list(tasks),
            format_func=tasks.__getitem__,
            key=TASK,
            persist_state="session",
            required=True,
            on_change=follow_task,
            label_visibility="collapsed",
        )
