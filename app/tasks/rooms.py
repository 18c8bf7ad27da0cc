"""The rooms of the Tasks page, one for each family; each is imported when its card is chosen.

A new family: a module with ``show(look)``, its name in ``_ROOMS``, and the family in
``core.tasks.families``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, cast

import streamlit as st

from app.frame import framed
from app.links import publish_link
from app.tasks.look import Look
from app.tasks.state import TASKS
from core.tasks import FamilyName

_ROOMS: Final[Mapping[FamilyName, str]] = {
    "classification": "app.tasks.classification",
    "tagging": "app.tasks.tagging",
    "matching": "app.tasks.matching",
    "generation": "app.tasks.generation",
    "comprehension": "app.tasks.comprehension",
}


@st.fragment
@framed
def show_room(look: Look) -> None:
    """The room of the task's family; a click in it runs only this again, not the page."""
    try:
        _room(look.task.family)(look)
    finally:
        publish_link(TASKS)


def _room(family: FamilyName) -> Callable[[Look], None]:
    return cast("Callable[[Look], None]", import_module(_ROOMS[family]).show)
