"""How a view is registered with Streamlit, shown, and heard.

A view is one Python file, one ``.js`` and one ``.css`` of the same name. A component's script may
not import another file, so what all views share is put in front of each here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Literal, TypeVar

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from components.views.message import Json

_FOLDER: Final = Path(__file__).parent
_SHARED_SCRIPTS: Final = ("message.js", "stage.js")
_SHARED_STYLE: Final = "stage.css"
_EVENT: Final = "selected"  # the one thing a view tells: what was chosen

Choice = TypeVar("Choice")
Width = Literal["stretch", "content"]


def register_view(name: str, *parts: str) -> ComponentRenderer:
    """The mounting command of the view whose files are ``name.js`` and ``name.css``.

    ``parts`` are further scripts of a view that is too long for one file.
    """
    files = (*_SHARED_SCRIPTS, *parts, f"{name}.js")
    script = "\n".join(_read(file) for file in files)
    style = "\n".join(_read(file) for file in (_SHARED_STYLE, f"{name}.css"))
    return st.components.v2.component(f"headlight_{name}", js=script, css=style)


def show(
    mount: ComponentRenderer,
    data: bytes | Mapping[str, Json],
    *,
    key: str,
    read: Callable[[object], Choice | None],
    on_select: Callable[[Choice], None] | None = None,
    width: Width = "stretch",
) -> Choice | None:
    """Mount a view; what was chosen in it just now, and None in every run that follows.

    A choice is an event, not a state: what is selected belongs to the page, which hands it in.
    ``read`` turns what the browser sent into a choice, or None where it makes no sense.
    ``on_select`` is called before the rerun that a choice starts. ``key`` may not hold "__".
    """

    def answer() -> None:
        choice = read(st.session_state[key].get(_EVENT))
        if choice is not None and on_select is not None:
            on_select(choice)

    result = mount(key=key, data=data, width=width, on_selected_change=answer)
    return read(result.get(_EVENT))


def _read(file: str) -> str:
    return (_FOLDER / file).read_text(encoding="utf-8")
