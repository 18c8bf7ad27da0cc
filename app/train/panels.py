"""What is shown of a run below its curves: one panel at a time, of those that are declared here.

A panel is a function of the run's record; only the chosen one computes anything.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.train.forgotten_panel import show_forgotten
from app.train.labels_panel import has_labels, is_study, show_labels
from app.train.model_panel import show_model
from app.train.overview import show_overview
from app.train.probes import show_probes
from app.train.prompt_panel import is_of_prompts, show_prompts
from app.train.results import show_results
from app.train.state import TRAIN
from components.controls import choose_view
from core.language import _
from core.tuning.kept import FINE_TUNING
from core.tuning.runs import RunRecord

Panel = Callable[[RunRecord], None]


def show_panels(record: RunRecord) -> None:
    """The chosen panel of ``record``, or the first of those that it has."""
    panels = panels_of(record)
    if not panels:
        return
    names = {key: name for key, (name, _panel) in panels.items()}
    key = TRAIN.key("panel")
    if st.session_state.get(key) not in names:
        st.session_state[key] = next(iter(names))
    chosen = choose_view(_("Panel"), names, key=key)
    panels[chosen][1](record)


def panels_of(record: RunRecord) -> dict[str, tuple[str, Panel]]:
    """The panels that a run of this kind has: key → name and what draws it."""
    found: dict[str, tuple[str, Panel]] = {}
    makes_model = not is_study(record) and not is_of_prompts(record)
    if is_of_prompts(record):
        found["prompts"] = (_("Prompts"), show_prompts)
    if makes_model:
        found["probes"] = (_("Probes"), show_probes)
    if record.kind == FINE_TUNING:
        found["results"] = (_("Results"), show_results)
    if makes_model:
        found["model"] = (_("Model"), show_model)
    if has_labels(record):
        found["labels"] = (_("Labels"), show_labels)
    if record.kind == FINE_TUNING:
        found["forgotten"] = (_("Forgotten"), show_forgotten)
    found["all"] = (_("All runs"), show_overview)
    return found
