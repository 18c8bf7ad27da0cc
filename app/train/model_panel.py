"""The panel "Model" of a run: open what it made, try it on a text, take it along."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.frame import as_plain, framed
from app.navigation import page_path
from app.notes import note_virtual
from app.train.model_panel_export import show_export
from app.train.model_panel_try import show_try
from app.train.store import runs
from core.errors import ModelNotFoundError
from core.language import _
from core.tuning.kept import KeptModel, checkpoint_steps, find_kept, run_name
from core.tuning.runs import RunRecord

_KEPT: Final = 0
"""What stands among steps for the model that the run kept: no checkpoint is of step 0."""


@framed
def show_model(record: RunRecord) -> None:
    """Which model of the run, where to look into it, what it says of a text, and its export."""
    steps = checkpoint_steps(record)
    done = record.state == "done"
    if not done and not steps:
        st.info(
            _(
                "There is no model yet: it comes with the end of the run, or with its first "
                "checkpoint."
            )
        )
        return
    chosen = _choose(record, (_KEPT, *steps) if done else steps)
    try:
        kept = find_kept(run_name(record.id, chosen or None), runs())
    except ModelNotFoundError as error:  # a checkpoint that made room meanwhile, or no model
        st.info(as_plain(str(error)))
        return
    show_open(kept)
    if kept.is_task:
        show_try(kept)
    show_export(kept)


def show_open(kept: KeptModel) -> None:
    """Links to the pages that look into a model of this kind."""
    pages = [("attention", _("Open in Attention"), ":material/grid_view:")]
    if kept.kind == "masked":
        pages.append(("masked", _("Open in Masked words"), ":material/password:"))
    if kept.kind == "causal":
        pages.append(("generation", _("Open in Generation"), ":material/edit_note:"))
    with st.container(horizontal=True, key="train_open"):
        for page, label, icon in pages:
            # Steps and masks that stand there are numbers of another model's tokens.
            nothing = {"steps": "", "at": "start"} if page != "attention" else {}
            nothing |= {"masks": ""} if page == "masked" else {}
            st.page_link(
                page_path(page),
                label=label,
                icon=icon,
                query_params={"model": kept.name} | nothing,
            )
        st.page_link(
            page_path("tokens"),
            label=_("Open in Tokens"),
            icon=":material/segment:",
            query_params={"first": kept.name},
        )
    note_virtual(kept.virtual_tokens)


def _choose(record: RunRecord, steps: tuple[int, ...]) -> int:
    """The model that the run kept, or a checkpoint that is still on disk."""
    if len(steps) == 1:
        return steps[0]
    names = {step: _("checkpoint of step {step}").format(step=f"{step:,}") for step in steps}
    names[_KEPT] = _("the model that the run kept")
    return int(
        st.selectbox(
            _("Which model"),
            steps,
            format_func=lambda step: names.get(step, str(step)),
            key=f"train_which_{record.id}",
        )
    )
