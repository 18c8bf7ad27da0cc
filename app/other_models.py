"""A second model beside the one that a page looks into: which ones are of use, and more of them."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.navigation import page_path
from core import catalogue
from core.language import _


def other_models(model: str, kind: str) -> dict[str, str]:
    """The models on this server beside ``model`` that are of ``kind``, or of which that is not
    known before they are loaded: id → title."""
    return {
        name: title
        for name, title in resources.available_models().items()
        if name != model and (catalogue.find_model(name) is None or is_of_kind(name, kind))
    }


def is_of_kind(model: str, kind: str) -> bool:
    """Whether the catalogue says that ``model`` is of ``kind``."""
    entry = catalogue.find_model(model)
    return entry is not None and entry.kind == kind


def link_to_models() -> None:
    """The way to the page that fetches models."""
    st.page_link(page_path("models"), label=_("Open Models"), icon=":material/download:")
