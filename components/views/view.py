"""How a view is registered with Streamlit, shown, and heard.

A view is one Python file, one ``.js`` and one ``.css`` of the same name. A component's script may
not import another file, so what all views share is put in front of each here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Literal, TypeVar

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from components.views.message import Json

_FOLDER: Final = Path(__file__).parent
_SHARED_SCRIPTS: Final = ("message.js", "colours.js", "lengths.js", "stage.js")
_SAVING_SCRIPTS: Final = (
    *("svg_text.js", "svg_inks.js", "svg_images.js", "svg_path.js", "svg_pen.js"),
    *("saved_page.js", "saving.js"),
)
_SHARED_STYLE: Final = "stage.css"
_SAVING_STYLE: Final = "saving.css"
_EVENT: Final = "selected"  # what was chosen
_MOVE: Final = "moved"  # where a key asks to go from what is shown

_COMMENT: Final = re.compile(r"^ *//[^\n]*\n|^ */\*(?:(?!\*/).)*\*/\n", re.MULTILINE | re.DOTALL)
_INDENT: Final = re.compile(r"^ +", re.MULTILINE)

_sources: dict[str, tuple[str, str]] = {}  # view → script and style, whole
Choice = TypeVar("Choice")
Width = Literal["stretch", "content"]


def register_view(name: str, *parts: str, drawn: bool = True) -> ComponentRenderer:
    """The mounting command of the view whose files are ``name.js`` and ``name.css``.

    ``parts`` are further scripts of a view that is too long for one file. A view that is
    ``drawn`` on canvases can be saved as a picture.
    """
    shared, own = joined(*_SHARED_SCRIPTS), joined(*parts, f"{name}.js")
    saving = "{\n" + joined(*_SAVING_SCRIPTS) + "\n}\n" if drawn else ""  # names of its own
    script = f"{shared}\n{saving}{own}"
    style = joined(_SHARED_STYLE, *([_SAVING_STYLE] if drawn else []), f"{name}.css")
    _sources[name] = (script, style)
    return st.components.v2.component(f"headlight_{name}", js=script, css=style)


def view_source(name: str) -> tuple[str, str]:
    """The script and the style of a registered view, whole, for a page without Streamlit.

    Raises KeyError for a view whose module was not imported.
    """
    return _sources[name]


def show(
    mount: ComponentRenderer,
    data: bytes | Mapping[str, Json],
    *,
    key: str,
    read: Callable[[object], Choice | None],
    on_select: Callable[[Choice], None] | None = None,
    on_move: Callable[[object], None] | None = None,
    width: Width = "stretch",
) -> Choice | None:
    """Mount a view; what was chosen in it just now, and None in every run that follows.

    A choice is an event, not a state: what is selected belongs to the page, which hands it in.
    ``read`` turns what the browser sent into a choice, or None where it makes no sense.
    ``on_select`` is called before the rerun that a choice starts, and ``on_move`` with what the
    browser sent before one that a step to a neighbour starts. ``key`` may not hold "__".
    """

    def answer() -> None:
        choice = read(st.session_state[key].get(_EVENT))
        if choice is not None and on_select is not None:
            on_select(choice)

    def step() -> None:
        if on_move is not None:
            on_move(st.session_state[key].get(_MOVE))

    result = mount(key=key, data=data, width=width, on_selected_change=answer, on_moved_change=step)
    return read(result.get(_EVENT))


def joined(*files: str) -> str:
    """The files one after another, without what only people read: it travels at every click."""
    text = "\n".join((_FOLDER / file).read_text(encoding="utf-8") for file in files)
    return _INDENT.sub("", _COMMENT.sub("", text))
