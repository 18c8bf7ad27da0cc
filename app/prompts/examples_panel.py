"""The panel Demonstrations: how many, which, and what their order does."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app import resources
from app.prompts.asking import key_of, shown_rows
from app.prompts.build import choose_row
from app.prompts.look import Look
from app.prompts.rows import choose_rows, start, was_started
from app.prompts.settings import show_demonstrations
from app.prompts.spreading import order_variations, run_variations, show_dots
from app.waiting import note_stopped, waited
from components.tables import table
from core.language import _

PANEL: Final = "examples"
_TEXT: Final = 200


def show_examples(look: Look) -> None:
    """The demonstrations of one row, and the accuracy in several orders."""
    left, right = st.columns([4, 8], gap="large")
    data = look.table()
    with left:
        show_demonstrations(look)
        row = (
            choose_row(data) if look.picking == "nearest" else (data.part("development") or (0,))[0]
        )
    with right:
        shown = shown_rows(look, data)
        own = shown(data.rows[row]) if callable(shown) else shown
        if own:
            st.markdown(
                table(
                    (_("no."), _("text"), _("label")),
                    [
                        (str(n), str(each[data.text])[:_TEXT], str(each.get(data.label, "")))
                        for n, each in enumerate(own, start=1)
                    ],
                )
            )
        else:
            st.info(_("No demonstrations are shown: choose where they come from."))
    if look.picking == "nearest":
        said = _(
            "The nearest by the cosine of MiniLM's sentence embeddings; the nearest stands last. "
            "They differ from row to row, so nothing of the prompts is shared."
        )
        st.markdown(f":small[{said}]")
        return
    if len(own) < 2:
        return
    st.markdown("**" + _("What their order does") + "**")
    _data, places = choose_rows(look)
    variations = order_variations(look, data)
    key = (look.model, "orders", key_of(look, places))
    st.button(
        _("Run {count} orders").format(count=len(variations)),
        key="prompts_run_orders",
        type="primary",
        icon=":material/play_arrow:",
        on_click=start,
        args=(PANEL, key, look),
    )
    if not was_started(PANEL, key):
        return
    jobs = resources.table_jobs()
    text = _("Asking {cells} times about {count:,} rows").format(
        cells=len(variations), count=len(places)
    )
    job = waited(key, "prompts_orders", text, run_variations(variations, data, places), among=jobs)
    if job is not None and job.value:
        note_stopped(job, "prompts_orders", lambda: jobs.forget(key))
        show_dots([name for name, *_rest in variations], job.value, key="prompts_orders_plot")
