"""A table to take away: the button that makes and hands out a CSV."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import streamlit as st

from core.language import current_language, speaking

_UNSAFE: Final = re.compile(r"[^\w.-]+")


def offer_csv(label: str, make: Callable[[], str], *, name: str, model: str, key: str) -> None:
    """A button for what ``make`` writes, which is made when it is clicked.

    The file is called after ``name`` and the ``model``.
    """
    language = current_language()

    def made() -> str:
        with speaking(language):  # called in a thread that serves no session
            return make()

    st.download_button(
        label,
        data=made,
        file_name=f"{name}-{_UNSAFE.sub('-', model.rsplit('/', 1)[-1])[:60]}.csv",
        mime="text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )
