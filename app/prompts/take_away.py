"""The prompt as a script."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from app.frame import framed
from app.prompts.asking import shown_rows
from app.prompts.look import Look
from app.prompts.state import PROMPTS
from app.prompts.tables import is_there
from core.language import _
from core.prompts.typed import read_partials


@framed
def show_script(look: Look) -> None:
    """A script that repeats what is shown."""
    with st.expander(_("Copy as Python"), key="prompts_script", on_change="rerun") as more:
        if more.open:
            st.code(script_of(look), language="python", wrap_lines=True)


def script_of(look: Look) -> str:
    """The script of a look. Without a table that a script can read, demonstrations that depend on
    the row are those of the first one."""
    from core.prompts.script import prompt_script

    table = look.table()
    shown = shown_rows(look, table)
    places = table.part("development")[:1] or (0,)
    rows = table.chosen((table.part("development") or tuple(range(len(table))))[:20])
    named = f"file={look.file!r}" if look.file else ""
    if is_there(look.dataset):
        named = f"dataset={look.dataset!r}"
    return prompt_script(
        look.model,
        look.template,
        rows,
        words=look.verbalizer().mapping,
        averaging=look.averaging,
        partials=read_partials(look.partials),
        demonstrations=tuple(shown(table.rows[places[0]])) if callable(shown) else tuple(shown),
        nearest=look.shots if look.picking == "nearest" else 0,
        settings=asdict(look.settings(table)),
        content_free=look.content_free() if look.calibrate else None,
        source=named,
        label=table.label,
        part=str(st.session_state[PROMPTS.key("part")]),
        count=int(st.session_state[PROMPTS.key("count")]),
        seed=look.seed,
    )
