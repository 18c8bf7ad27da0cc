"""Code that runs: the scripts of the folder ``examples``, each with what it prints.

A test runs every one of them and compares.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from app.guide.state import EXAMPLES, GUIDE
from app.navigation import is_page, page_path
from core.language import _

FOLDER: Final = Path(__file__).resolve().parents[2] / "examples"
PAGES: Final = {
    "attention_by_hand": "anatomy",
    "look_at_a_head": "attention",
    "switch_off_a_head": "attention",
    "fill_the_gap": "masked",
    "next_token": "generation",
    "before_learning": "train",
    "lora": "train",
}
"""The page that shows the same with a click."""


def titles() -> dict[str, str]:
    """What each script shows."""
    return {
        "attention_by_hand": _("Attention by hand, equal to PyTorch's"),
        "look_at_a_head": _("Where one head looks"),
        "switch_off_a_head": _("Switch a head off"),
        "fill_the_gap": _("What a masked model expects"),
        "next_token": _("The next token, greedy and drawn"),
        "before_learning": _("The loss before learning, ln V"),
        "lora": _("LoRA: what it trains"),
    }


def show_code() -> None:
    """One script, what it prints, and how to run it."""
    st.markdown(
        _(
            "Each script runs as it stands, on a processor alone. What it prints was recorded; a "
            "test runs it again and compares. On Attention, Prompts and Tasks, Copy as Python "
            "gives a script for the numbers that are shown; a run of Train can be taken away "
            "as one."
        ),
        width=680,
    )
    names = titles()
    chosen = st.selectbox(
        _("Script"),
        EXAMPLES,
        format_func=names.__getitem__,
        key=GUIDE.key("example"),
        persist_state="session",
        width=480,
    )
    left, right = st.columns([7, 5], gap="large")
    with left:
        st.code(script(chosen), language="python")
    with right:
        st.markdown(_("It prints"))
        st.code(printed(chosen), language=None)
        st.markdown(_("Run it from the folder of Headlight:"))
        st.code(f".venv/bin/python -P examples/{chosen}.py", language="sh")
        if is_page(PAGES[chosen]):
            st.page_link(
                page_path(PAGES[chosen]),
                label=_("The same on a page"),
                icon=":material/arrow_forward:",
            )


def script(name: str) -> str:
    """The text of a script."""
    return (FOLDER / f"{name}.py").read_text("utf-8")


def printed(name: str) -> str:
    """What a script printed when it was recorded."""
    return (FOLDER / f"{name}.txt").read_text("utf-8")
