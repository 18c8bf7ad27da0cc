"""A second model beside the one that a page looks into: which ones are of use, and more of them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app import resources
from app.navigation import page_path
from app.run_models import run_models
from core import catalogue
from core.language import _
from core.tuning.kept import KeptModel


def other_models(model: str, kind: str) -> dict[str, str]:
    """The models on this server beside ``model`` that are of ``kind``, or of which that is not
    known before they are loaded: id → title."""
    made = run_models()
    return {
        name: title
        for name, title in resources.available_models().items()
        if name != model and _kind(name, made) in ("", kind)
    }


def is_of_kind(model: str, kind: str) -> bool:
    """Whether ``model`` is known to be of ``kind``."""
    return _kind(model, run_models()) == kind


def _kind(model: str, made: Mapping[str, KeptModel]) -> str:
    """The kind of a model of the catalogue or of a run; empty where that is not known."""
    if model in made:
        return made[model].kind
    entry = catalogue.find_model(model)
    return "" if entry is None else entry.kind


def link_to_models() -> None:
    """The way to the page that fetches models."""
    st.page_link(page_path("models"), label=_("Open Models"), icon=":material/download:")
