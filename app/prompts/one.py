"""One prompt over a table: at first what the project recorded, then the reader's own."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app import resources
from app.frame import as_plain
from app.prompts.asking import answered, asking, key_of
from app.prompts.look import Look
from app.prompts.recording import recorded_now
from app.prompts.rows import choose_rows, start, was_started
from app.prompts.shown import show_answered
from app.prompts.take_away import show_script
from app.waiting import note_stopped, waited
from core.language import _

PANEL: Final = "one"


def show_one(look: Look) -> None:
    """The rows, the button, and what came of it."""
    _table, places = choose_rows(look)
    look.prompt()
    look.verbalizer()
    key = key_of(look, places)
    known = recorded_now()
    ran = was_started(PANEL, key)
    st.button(
        _("Run again") if known is not None and not ran else _("Run"),
        key="prompts_run",
        type="primary",
        icon=":material/play_arrow:",
        on_click=start,
        args=(PANEL, key, look),
    )
    if ran:
        text = _("Asking about {count:,} rows").format(count=len(places))
        jobs = resources.table_jobs()
        job = waited(key, "prompts_measure", text, asking(look, places), among=jobs)
        if job is not None and job.value is not None:
            note_stopped(job, "prompts_measure", lambda: jobs.forget(key))
            show_answered(answered(look, places, job.value), key="prompts_one")
            show_script(look)
        return
    if known is not None:
        first = next(iter(known.cells))
        st.info(as_plain(known.sentence(first)))
        show_answered(known.answered(first), key="prompts_recorded")
