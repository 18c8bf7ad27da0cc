"""The tab "Does it matter?": what changes when a head is switched off, beside other ways to ask."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.attention.effects import (
    EFFECT,
    OTHER_TEXT,
    PREDICT,
    REPLACE,
    Answer,
    Question,
    question,
)
from app.attention.evidence import show_tokens
from app.attention.look import Chosen, Look, select_head
from app.attention.state import EFFECTS
from app.attention.take_away import take_away_effects
from app.attention.tokens import choose_token
from app.attention.verdict import number_name, show_verdict
from app.facts import source_line
from app.frame import framed
from app.waiting import note_stopped, waited
from components.controls import choose_view, text_input
from components.views.head_values import head_values
from core.attention import AttentionOverview
from core.language import _


@framed
def show_matter(look: Look, overview: AttentionOverview, chosen: Chosen) -> None:
    """On the left what is asked and every head's answer, on the right the chosen head's."""
    left, right = st.columns([5, 6], gap="large")
    with left:
        _ask(overview, chosen)
        asked = question(look, overview, chosen)
        answer = _show_wall(look, overview, chosen, asked)
    if answer is None:
        return
    with right:
        show_verdict(overview, chosen, answer)
        take_away_effects(look, overview, asked, answer)
        show_tokens(look, overview, chosen, answer.target)


def _ask(overview: AttentionOverview, chosen: Chosen) -> None:
    """What is measured, and how a head is switched off."""
    kind = overview.capture.kind
    effect = _choose_effect(kind)
    if kind == "encoder":
        caption = _("The token whose last vector is measured")
        st.markdown(f":small[{caption}]")
        choose_token(overview, chosen)
    else:
        st.text_input(
            _("Word to predict"),
            key=PREDICT,
            persist_state="session",
            placeholder=_("the most probable one"),
        )
    if effect == "ablation":
        _choose_replacement()
    elif effect == "patching":
        text_input(_("The other text, with the same number of tokens"), key=OTHER_TEXT)


def _choose_effect(kind: str) -> str:
    """Which question; only a causal model has direct contributions."""
    names = {
        "ablation": _("Switched off"),
        "contribution": _("Direct contribution"),
        "patching": _("Patched"),
    }
    effects = [effect for effect in EFFECTS if kind == "causal" or effect != "contribution"]
    if st.session_state[EFFECT] not in effects:
        st.session_state[EFFECT] = effects[0]
    offered = {effect: names[effect] for effect in effects}
    return choose_view(_("Question"), offered, key=EFFECT)


def _choose_replacement() -> None:
    choices = {"zero": _("by zero"), "mean": _("by its mean over the built-in sentences")}
    st.selectbox(
        _("A head's output is replaced"),
        choices,
        format_func=choices.__getitem__,
        key=REPLACE,
        persist_state="session",
    )


def _show_wall(
    look: Look, overview: AttentionOverview, chosen: Chosen, asked: Question
) -> Answer | None:
    """The effect of every head, with a bar while it is computed."""
    job = waited(
        asked.key,
        "attention_effects",
        _("Asking each of {count} heads").format(count=overview.head_count),
        asked.answer,
    )
    if job is None or job.value is None:
        return None
    note_stopped(job, "attention_effects", lambda: resources.jobs().forget(asked.key))
    answer = job.value
    control = answer.control(chosen.place)
    head_values(
        answer.found.effects,
        key="attention_effects_wall",
        label=number_name(answer),
        scale="size" if answer.is_size else "difference",
        layers=overview.layers,
        heads=overview.heads,
        selected=chosen.place,
        on_select=select_head,
        marked=() if control is None else [(*control, _("control"))],
        source=source_line(look.model),
    )
    return answer
