"""Pickers that several pages share: a text, a model, a layer and a head."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import streamlit as st

Option = TypeVar("Option")
View = TypeVar("View", bound=str)


def text_input(
    label: str,
    *,
    key: str,
    help: str | None = None,  # noqa: A002
    on_change: Callable[[], None] | None = None,
) -> str:
    """A text of any length; what is typed stays, whatever becomes of it."""
    return str(
        st.text_area(
            label, key=key, height=76, help=help, on_change=on_change, persist_state="session"
        )
        or ""
    )


def choose_model(
    label: str,
    models: Mapping[str, str],
    *,
    key: str,
    none: str = "",
    on_change: Callable[[], None] | None = None,
) -> str:
    """One of ``models`` (id → title), or "" where ``none`` says what that means. A value that is
    not among them is shown as it is: whoever uses it says what is wrong with it."""
    options = ["", *models] if none else list(models)
    current = str(st.session_state.get(key, ""))
    if current not in options:
        options.append(current)
    return str(
        st.selectbox(
            label,
            options,
            key=key,
            on_change=on_change,
            persist_state="session",
            format_func=lambda model: models.get(model, model) or none,
        )
    )


def choose_number(label: str, numbers: Sequence[int], *, key: str) -> int:
    """One of ``numbers``, in a narrow box."""
    return int(st.selectbox(label, numbers, key=key, persist_state="session"))


def choose_some(
    label: str,
    options: Sequence[Option],
    *,
    key: str,
    most: int | None = None,
    shown: Callable[[Option], str] = str,
    placeholder: str | None = None,
) -> list[Option]:
    """Some of ``options``, at most ``most``. Values that are not among them are dropped."""
    kept = [value for value in st.session_state.get(key, []) if value in options][:most]
    if kept != st.session_state.get(key):
        st.session_state[key] = kept
    return list(
        st.multiselect(
            label,
            options,
            key=key,
            format_func=shown,
            max_selections=most,
            placeholder=placeholder,
            persist_state="session",
        )
    )


def choose_view(label: str, names: Mapping[View, str], *, key: str) -> View:
    """One of ``names`` (view → name), as buttons in a row; ``label`` is for people who hear it."""
    chosen = st.segmented_control(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        persist_state="session",
        required=True,
        label_visibility="collapsed",
    )
    return next(iter(names)) if chosen is None else chosen
