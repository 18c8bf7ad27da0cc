"""Pickers that several pages share: a text, a model, a layer and a head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.language import _


def text_input(label: str, *, key: str, help: str | None = None) -> str:  # noqa: A002
    """A text of any length; what is typed stays, whatever becomes of it."""
    return str(st.text_area(label, key=key, height=76, help=help, persist_state="session") or "")


def choose_model(label: str, models: Mapping[str, str], *, key: str, none: bool = False) -> str:
    """One of ``models`` (id → title). A value that is not among them is shown as it is: whoever
    uses it says what is wrong with it."""
    options = ["", *models] if none else list(models)
    current = str(st.session_state.get(key, ""))
    if current not in options:
        options.append(current)
    return str(
        st.selectbox(
            label,
            options,
            key=key,
            persist_state="session",
            format_func=lambda model: models.get(model, model) or _("none"),
        )
    )


def choose_number(label: str, numbers: Sequence[int], *, key: str) -> int:
    """One of ``numbers``, in a narrow box."""
    return int(st.selectbox(label, numbers, key=key, persist_state="session"))
