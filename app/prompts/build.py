"""The room Build: the template, one row as the model reads it, and the labels of five rows."""

from __future__ import annotations

import streamlit as st

from app.prompts.asking import asking, key_of
from app.prompts.look import Look
from app.prompts.state import PROMPTS
from app.waiting import waited
from components.controls import text_input
from core.language import _

FIVE = 5


def show_build(look: Look) -> None:
    """The prompt and what it says of the first rows."""
    left, right = st.columns([7, 5], gap="large")
    with left:
        text_input(_("Template"), key=PROMPTS.key("template"))
    with right:
        text_input(_("Words of each label"), key=PROMPTS.key("words"))
    table = look.table()
    places = table.part("development")[:FIVE]
    st.code(look.prompt().render(**table.rows[places[0]]), language=None, wrap_lines=True)
    job = waited(key_of(look, places), "prompts_five", _("Asking the model"), asking(look, places))
    if job is not None and job.value is not None:
        st.dataframe(dict(zip(job.value.labels, job.value.probabilities.T, strict=True)))
