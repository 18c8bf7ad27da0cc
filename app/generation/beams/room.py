"""The room "Beams": beam search as a tree that grows, and its winner beside other ways to go on."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from app import resources
from app.facts import source_line
from app.frame import as_plain, framed
from app.generation.beams.beside import show_beside
from app.generation.beams.nodes import beam_nodes, considered, texts
from app.generation.beams.search import (
    MOST_TOKENS,
    BeamSearch,
    BeamSettings,
    search_key,
    searching,
)
from app.generation.beams.words import one_line, say_length_penalty, show_score, show_step
from app.generation.look import Look
from app.generation.settings import COUNT, MOST_COUNT, count_now
from app.generation.state import GENERATION
from app.notes import note_cut
from app.waiting import note_stopped, waited
from components.views.beam_tree import beam_tree
from core.generation import Path
from core.language import _

BEAMS, PENALTY, STEP = (GENERATION.key(name) for name in ("beams", "length_penalty", "beam_step"))
SLIDER: Final = "generation_beam_slider"
CHOSEN: Final = "generation_beam_chosen"
"""The tokens of the continuation that was clicked; it is no part of a link."""
MOST_BEAMS: Final = 8
START_SHOWN: Final = 16


@framed
def show_beams(look: Look) -> None:
    """The tree up to a step, what was kept and dropped there, and the winner beside other texts."""
    settings = _show_controls()
    key = search_key(look, settings)
    job = waited(
        key,
        "generation_beams",
        _("Searching, {count} tokens at most").format(count=settings.count),
        searching(look, settings),
    )
    if job is None or job.value is None:
        return
    note_stopped(job, "generation_beams", lambda: resources.jobs().forget(key))
    _note_cut(job.value)
    step = _choose_step(len(job.value.steps))
    _show_tree(look, job.value, settings, step)
    show_beside(look, job.value, settings.count)


def _show_controls() -> BeamSettings:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        beams = st.number_input(
            _("Beams"),
            min_value=1,
            max_value=MOST_BEAMS,
            key=BEAMS,
            persist_state="session",
            help=_("So many continuations are kept at every step; one beam is greedy."),
            width=140,
        )
        penalty = st.number_input(
            _("Length penalty α"),
            min_value=-5.0,
            max_value=5.0,
            step=0.5,
            key=PENALTY,
            persist_state="session",
            help=_("A score is Σ log p / length^α: above 0 favours long texts, below 0 short."),
            width=160,
        )
        st.number_input(
            _("Tokens at most"),
            min_value=1,
            max_value=MOST_COUNT,
            key=COUNT,
            persist_state="session",
            width=160,
        )
    count = min(count_now(), MOST_TOKENS)
    if count < count_now():
        said = _("The search ends after {limit} tokens, so that its tree can be read.").format(
            limit=MOST_TOKENS
        )
        st.markdown(f":small[{said}]")
    return BeamSettings(beams=int(beams), count=count, length_penalty=float(penalty))


def _note_cut(search: BeamSearch) -> None:
    """What of the text was left out, where it is too long for the model."""
    if search.source is not None:
        note_cut(search.source)
    if (cut := search.steps[0].cut) is not None:
        st.warning(as_plain(cut.sentence))


def _choose_step(last: int) -> int:
    """The step that is shown, from 0 to ``last``, which it is where none was chosen."""
    wanted = st.session_state[STEP]
    step = last if wanted is None else min(int(wanted), last)
    st.session_state[SLIDER] = step
    left, right = st.columns([6, 6], vertical_alignment="bottom")
    left.slider(
        _("Step"),
        0,
        last,
        key=SLIDER,
        on_change=lambda: _go_to(int(st.session_state[SLIDER]), last),
    )
    with right.container(horizontal=True):
        for name, text, icon, to in (
            ("back", _("Back"), ":material/undo:", step - 1),
            ("step", _("Step"), ":material/play_arrow:", step + 1),
            ("end", _("To the end"), ":material/fast_forward:", last),
        ):
            st.button(
                text,
                key=f"generation_beam_{name}",
                icon=icon,
                type="primary" if name == "step" else "secondary",
                disabled=not 0 <= to <= last or to == step,
                on_click=_go_to,
                args=(to, last),
            )
    return step


def _go_to(step: int, last: int) -> None:
    """Show a step; the last one stays the last when the settings change."""
    st.session_state[STEP] = None if step >= last else max(step, 0)


def _show_tree(look: Look, search: BeamSearch, settings: BeamSettings, step: int) -> None:
    steps = search.steps[:step]
    found = considered(steps)
    paths = list(found)
    chosen = st.session_state.get(CHOSEN)
    beam_tree(
        beam_nodes(steps, search.labels),
        key="generation_beam_tree",
        label=_("Beam search: what was kept and what was dropped"),
        step=step,
        selected=paths.index(chosen) if chosen in found else None,
        on_select=partial(_choose, paths),
        start=_end_of(look.text) if search.source is None else "",
        source=source_line(look.model),
    )
    if not steps:
        st.markdown(
            _(
                "Before the first step there is only the text. Every step adds a token to each "
                "beam and keeps the {count} best; press Step."
            ).format(count=settings.beams),
            width=680,
        )
        return
    left, right = st.columns([7, 5], gap="large")
    with left:
        show_step(steps[-1], texts(found, search.labels))
    with right:
        _show_score(steps[-1].winner is not None, search, settings, step)
        say_length_penalty(steps)


def _show_score(ended: bool, search: BeamSearch, settings: BeamSettings, step: int) -> None:
    """The score of what was clicked, else of the winner, else of the best so far."""
    found = considered(search.steps[:step])
    chosen = st.session_state.get(CHOSEN)
    if chosen in found:
        title, beam = _("The score of what was chosen"), found[chosen].beam
    else:
        title = _("The score of the winner") if ended else _("The score of the best so far")
        beam = search.steps[step - 1].beams[0]
    st.markdown(f"**{title}**")
    st.markdown(as_plain(one_line(texts(found, search.labels)[beam.token_ids])), width=680)
    show_score(beam, found, settings.length_penalty)


def _choose(paths: list[Path], place: int) -> None:
    """Show the score of a node; a second click on it, that of the best again."""
    path = paths[place]
    st.session_state[CHOSEN] = None if st.session_state.get(CHOSEN) == path else path


def _end_of(text: str) -> str:
    """The last words of the text, which the first step follows."""
    whole = " ".join(text.split())
    if len(whole) <= START_SHOWN:
        return whole
    cut, space, rest = whole[-START_SHOWN:].partition(" ")
    return f"…{rest if space else cut}"
