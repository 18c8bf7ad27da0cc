"""The panel "Prompts" of a run that the Prompts page started: it keeps no model; the way there."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.frame import as_plain, framed
from app.navigation import page_path
from core.language import _
from core.tuning.runs import RunRecord

PARAMETERS: Final = {"prompt-search": "search", "prompt-ladder": "ladder"}
"""Kinds of run that look for prompts: the panel of Improve, and the parameter with the run's id."""


def is_of_prompts(record: RunRecord) -> bool:
    """Whether the run looked for prompts: it keeps no model."""
    return record.kind in PARAMETERS


@framed
def show_prompts(record: RunRecord) -> None:
    """What the run made, and a link to where it is shown."""
    said = {
        "search": _("A search makes prompts, no model: they are in Prompts, every one it tried."),
        "ladder": _("A ladder measures methods and keeps no model: its plot is in Prompts."),
    }
    name = PARAMETERS[record.kind]
    st.markdown(as_plain(said[name]))
    st.page_link(
        page_path("prompts"),
        label=_("Open in Prompts"),
        icon=":material/open_in_new:",
        query_params={"tab": "improve", "panel": name, name: record.id},
    )
