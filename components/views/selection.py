"""What is selected in a picture, told apart from the picture.

Streamlit sends a message of bytes again whole when one byte of it changes. The weights of many
heads must not travel because another one was clicked, so the selection has its own small message.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st

_SCRIPT: Final = Path(__file__).with_suffix(".js")
_mount = st.components.v2.component("headlight_selection", js=_SCRIPT.read_text(encoding="utf-8"))


def tell_selection(view: str, selected: Sequence[int] | None) -> None:
    """Tell the view with the key ``view`` what is selected in it; None is nothing."""
    _mount(
        key=f"{view}-selection",
        data={"view": view, "selected": None if selected is None else list(selected)},
    )
