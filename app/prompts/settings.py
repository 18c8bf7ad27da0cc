"""How a prompt is put together: everything that is folded away under Settings."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.prompts.look import Look
from app.prompts.state import AVERAGINGS, PICKINGS, PROMPTS
from components.controls import choose_model, choose_some
from core.language import _

MOST_SHOTS: Final = 64
_CHOICES: Final = 40
_SIGNS: Final = 70


def show_settings(look: Look) -> None:
    """Demonstrations, chat, separator, partials, and how words become one probability."""
    with st.expander(_("Settings"), key="prompts_settings", on_change="rerun") as more:
        if not more.open:
            return
        left, right = st.columns(2, gap="large")
        with left:
            show_demonstrations(look)
        with right:
            _show_chat()
            _show_words()
            st.text_area(
                _("Partials"),
                key=PROMPTS.key("partials"),
                height=100,
                persist_state="session",
                placeholder="== rules ==\nAnswer with one word.",
                help=_("Texts that templates share; {example} puts one in.").format(
                    example='{% include "rules" %}'
                ),
            )


def show_demonstrations(look: Look) -> None:
    """Where demonstrations come from, how many, in what order."""
    names = {
        "none": _("none"),
        "hand": _("by hand"),
        "random": _("at random"),
        "balanced": _("as many of each label"),
        "nearest": _("nearest to the row"),
    }
    st.selectbox(
        _("Demonstrations"),
        PICKINGS,
        format_func=names.__getitem__,
        key=PROMPTS.key("picking"),
        persist_state="session",
        help=_(
            "Rows with their answers that stand before each prompt; none of them is measured on."
        ),
    )
    if look.picking == "none":
        return
    if look.picking == "hand":
        _show_hand(look)
    else:
        count, seed = st.columns(2)
        count.number_input(
            _("How many"),
            min_value=0,
            max_value=MOST_SHOTS,
            key=PROMPTS.key("shots"),
            persist_state="session",
        )
        seed.number_input(
            _("Seed"),
            min_value=0,
            max_value=9999,
            key=PROMPTS.key("seed"),
            persist_state="session",
        )
    st.text_input(
        _("Between them"),
        key=PROMPTS.key("separator"),
        persist_state="session",
        help=_("\\n stands for the end of a line."),
    )


def _show_hand(look: Look) -> None:
    table = look.table()
    places = list(table.part("examples")[:_CHOICES])

    def shown(place: int) -> str:
        row = table.rows[place]
        return f"{row.get(table.label, '')}: {str(row[table.text])[:_SIGNS]}"

    choose_some(
        _("Which, in this order"), places, key=PROMPTS.key("chosen"), most=MOST_SHOTS, shown=shown
    )


def _show_chat() -> None:
    st.toggle(
        _("As a chat"),
        key=PROMPTS.key("chat"),
        persist_state="session",
        help=_(
            "The model's own chat template writes the prompt; demonstrations become turns. Masked "
            "models have none."
        ),
    )
    if st.session_state[PROMPTS.key("chat")]:
        st.text_input(_("System prompt"), key=PROMPTS.key("system"), persist_state="session")


def _show_words() -> None:
    names = {"mean": _("mean"), "sum": _("sum"), "max": _("the largest")}
    st.selectbox(
        _("Several words of a label"),
        AVERAGINGS,
        format_func=names.__getitem__,
        key=PROMPTS.key("averaging"),
        persist_state="session",
        help=_(
            "The probability of a label by those of its words. A word of several pieces has the "
            "product of its pieces', each given those before it."
        ),
    )


def choose_second_model(models: dict[str, str]) -> None:
    """The model of the second prompt."""
    choose_model(
        _("Model of the second"),
        models,
        key=PROMPTS.key("other_model"),
        none=_("the same"),
    )
