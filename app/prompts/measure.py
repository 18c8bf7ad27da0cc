"""The room Measure: a prompt over a table."""

from __future__ import annotations

import streamlit as st

from app.prompts.asking import asking, key_of
from app.prompts.look import Look
from app.waiting import waited
from core.language import _


def show_measure(look: Look) -> None:
    """How often the prompt is right."""
    places = look.table().sample("development", 200, seed=look.seed)
    text = _("Asking about {count:,} rows").format(count=len(places))
    job = waited(key_of(look, places), "prompts_measure", text, asking(look, places))
    if job is None or job.value is None:
        return
    st.metric(_("Accuracy"), f"{job.value.accuracy:.3f}")
