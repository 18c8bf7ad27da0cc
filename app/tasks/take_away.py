"""Under every task: many texts at once as a table and a CSV, and “Copy as Python”."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.tasks.look import Look
from app.tasks.many import show_many
from app.tasks.ways import way_titles
from core.language import _
from core.tasks import WAYS, Way
from core.tasks.script import task_script


def show_take_away(look: Look, table: Callable[[Look], None] = show_many) -> None:
    """Two folds; what is in them is made when they are open. ``table`` shows many texts."""
    with st.expander(_("Many texts"), key="tasks_many", on_change="rerun") as many:
        if many.open:
            table(look)
    with st.expander(_("Copy as Python"), key="tasks_python", on_change="rerun") as script:
        if script.open:
            _show_script(look)


def _show_script(look: Look) -> None:
    ways = [way for way in WAYS if look.model(way)]
    chosen: Way = (
        st.segmented_control(
            _("Way"),
            ways,
            format_func=lambda way: way_titles()[way],
            default=ways[0],
            key=f"tasks.script_way_{look.task_id}",
            required=True,
            label_visibility="collapsed",
        )
        or ways[0]
    )
    own = look.model(chosen) == look.task.models.get(chosen)
    st.code(
        task_script(
            look.task,
            look.text,
            look.second,
            way=chosen,
            model="" if own else look.model(chosen),
        ),
        language="python",
    )
