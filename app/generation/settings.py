"""How the next token is drawn: the sliders, and what they say of the session's settings."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.generation.state import GENERATION, MAX_TEMPERATURE
from core.generation import SamplingSettings
from core.language import _

TEMPERATURE, TOP_P, TOP_K, MIN_P, PENALTY, SEED, COUNT = (
    GENERATION.key(name)
    for name in ("temperature", "top_p", "top_k", "min_p", "penalty", "seed", "count")
)
MOST_COUNT: Final = 200


def settings_now() -> SamplingSettings:
    """What the sliders say. A temperature of 0 takes the most probable token."""
    session = st.session_state
    return SamplingSettings(
        temperature=float(session[TEMPERATURE]),
        top_p=float(session[TOP_P]),
        top_k=int(session[TOP_K]),
        min_p=float(session[MIN_P]),
        repetition_penalty=float(session[PENALTY]),
    )


def seed_now() -> int:
    """What the draws depend on."""
    return int(st.session_state[SEED])


def count_now() -> int:
    """How many tokens are written at once."""
    return int(st.session_state[COUNT])


def show_main_sliders() -> None:
    """Temperature and top-p, which are moved most."""
    st.slider(
        _("Temperature"),
        0.0,
        max(2.0, min(MAX_TEMPERATURE, float(st.session_state[TEMPERATURE]))),
        step=0.05,
        key=TEMPERATURE,
        persist_state="session",
        help=_("Logits are divided by it: below 1 the likely becomes likelier; 0 is greedy."),
    )
    st.slider(
        _("Top-p"),
        0.0,
        1.0,
        step=0.01,
        key=TOP_P,
        persist_state="session",
        help=_("The fewest tokens whose probability reaches this share are kept; 1 keeps all."),
    )


def show_more_settings() -> None:
    """Everything else that decides what is drawn."""
    st.number_input(
        _("Top-k"),
        min_value=0,
        max_value=9_999_999,
        key=TOP_K,
        persist_state="session",
        help=_("So many of the most probable tokens are kept; 0 keeps all."),
    )
    st.slider(
        _("Min-p"),
        0.0,
        1.0,
        step=0.01,
        key=MIN_P,
        persist_state="session",
        help=_("Kept is what has at least this share of the most probable token's probability."),
    )
    st.number_input(
        _("Repetition penalty"),
        min_value=0.01,
        max_value=100.0,
        step=0.05,
        key=PENALTY,
        persist_state="session",
        help=_("Tokens that the text has already become less likely above 1; 1 is none."),
    )
    st.number_input(_("Seed"), min_value=0, max_value=9999, key=SEED, persist_state="session")


def show_count() -> None:
    """How many tokens are written at once."""
    st.number_input(
        _("Tokens to the end, at most"),
        min_value=1,
        max_value=MOST_COUNT,
        key=COUNT,
        persist_state="session",
    )


def say_ignored(settings: SamplingSettings) -> None:
    """Which settings have no effect, because the most probable token is taken."""
    if not settings.ignored:
        return
    names = {
        "temperature": _("temperature"),
        "top_k": _("top-k"),
        "top_p": _("top-p"),
        "min_p": _("min-p"),
    }
    said = _("At temperature 0 the most probable token is taken: {names} change nothing.").format(
        names=", ".join(names[name] for name in settings.ignored)
    )
    st.markdown(f":small[{said}]")
