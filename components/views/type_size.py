"""The size of the type of the whole page, which all else is measured in. It draws nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

_SCRIPT: Final = Path(__file__).with_suffix(".js")
_mount = st.components.v2.component("headlight_type_size", js=_SCRIPT.read_text(encoding="utf-8"))


def type_size(pixels: int | None, *, key: str) -> None:
    """Set the root's type to ``pixels``; None gives the theme's own back."""
    _mount(key=key, data={"pixels": pixels}, width="content", height="content")
