"""The tab "Step by step": the text as chips, its steps and branches, and the next token."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from app.branch_controls import choose_branch
from app.branches import START, Path
from app.facts import source_line
from app.frame import as_plain, framed
from app.generation import moves
from app.generation.inside.room import show_inside
from app.generation.look import Look
from app.generation.moves import WALK
from app.generation.next import show_next
from app.generation.run import at, steps_of
from app.generation.saved import offer_file, was_opened
from app.generation.settings import (
    count_now,
    seed_now,
    show_count,
    show_main_sliders,
    show_more_settings,
)
from app.generation.state import GENERATION
from app.generation.tree import compare_branches, drop_misfits, shown_branches
from app.generation.writing import show_writing
from app.links import publish_link
from app.notes import note_cut
from app.walk import problem
from components.chips import chips_of
from components.views.timeline import timeline
from components.views.token_strip import Chip, token_strip
from core.generation import EncoderDecoderSession, GenerationSession, GenerationStep
from core.language import _
from core.tokens import Tokens

PLAY_SECONDS: Final = 1.0
REREAD: Final = "generation._reread"
SHOWN_TOKENS: Final = 300
"""Of longer texts the last ones are shown."""


@framed
def show_step(look: Look) -> None:
    """The room; while it plays, it draws a token every second."""
    playing = moves.is_playing()
    room = st.fragment(_show_room, run_every=PLAY_SECONDS if playing else None)
    room(look, playing)


@framed
def _show_room(look: Look, playing: bool) -> None:
    if moves.is_playing() != playing or was_opened() or st.session_state.pop(REREAD, False):
        # The clock starts or stops, or the page reads the text anew; it writes the address itself.
        st.rerun()
    try:
        _show_all(look, playing)
    finally:
        publish_link(GENERATION)  # this runs again without the tabs around it


def _show_all(look: Look, playing: bool) -> None:
    if said := problem():
        st.error(as_plain(said))
    drop_misfits(look)
    if playing:
        _tick(look)
    if show_writing(look):
        return
    path = WALK.path
    steps = steps_of(look, path, seed_now())
    _say_cut(look)
    _show_text(look, steps)
    ended = bool(steps) and steps[-1].ended
    _show_controls(look, path, ended=ended, playing=playing)
    timeline(
        shown_branches(look),
        key="generation_timeline",
        label=_("Tokens that were written"),
        selected=WALK.place,
        on_select=WALK.show,
        start=_("the text given"),
        source=source_line(look.model),
    )
    left, right = st.columns([8, 4], gap="large")
    with right:
        show_main_sliders()
    with left:
        show_next(look, path, steps)
    compare_branches(look)
    show_inside(look, path)


def _tick(look: Look) -> None:
    """One token by the clock; the end of the text ends the play."""
    path = WALK.path
    if len(path) >= count_now() or not moves.go_on(look):
        moves.stop()
        st.rerun()


def _say_cut(look: Look) -> None:
    """What of the text the model did not read."""

    def cut(session: object) -> str | Tokens:
        if isinstance(session, EncoderDecoderSession):
            return session.source_tokens
        found = session.cut if isinstance(session, GenerationSession) else None
        return found.sentence if found is not None else ""

    said = at(look, WALK.path, seed_now(), cut)
    if isinstance(said, Tokens):
        note_cut(said)
    elif said:
        st.info(as_plain(said))


def _show_text(look: Look, steps: tuple[GenerationStep, ...]) -> None:
    """The tokens as they are now; those that were written are coloured by their probability."""
    tokens = at(look, WALK.path, seed_now(), lambda session: session.tokens)
    first = len(tokens) - len(steps)
    chips = list(chips_of(tokens))
    for place, step in enumerate(steps, start=first):
        chips[place] = _written(chips[place], step)
    left_out = max(0, len(chips) - SHOWN_TOKENS)

    def select(chip: int) -> None:
        _go_to(chip + left_out - first)

    with st.container(height=190 if len(chips) - left_out > 80 else "content", border=False):
        token_strip(
            chips[left_out:],
            key="generation_chips",
            label=_("The text as tokens"),
            selected=len(chips) - 1 - left_out if steps else None,
            on_select=select,
            value_label=_("probability of a token when it was written"),
            legend=bool(steps),
            hint=_("Click a token that was written to go back to it"),
        )
    if left_out:
        said = _("The first {count} tokens are not shown.").format(count=f"{left_out:,}")
        st.markdown(f":small[{said}]")


def _written(chip: Chip, step: GenerationStep) -> Chip:
    details = (
        (_("rank"), f"{step.rank:,}"),
        (_("entropy"), f"{step.entropy:.2f}"),
        *chip.details,
    )
    return replace(chip, value=min(1.0, max(0.0, step.probability)), details=details)


def _go_to(step: int) -> None:
    """Show the step number ``step`` (from 0) of the path that is shown."""
    back = len(WALK.path) - 1 - step
    if step < -1 or back < 0:
        return
    for _number in range(back):
        WALK.back()


def _show_controls(look: Look, path: Path, *, ended: bool, playing: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            _("Step"),
            key="generation_step",
            icon=":material/play_arrow:",
            type="primary",
            disabled=ended or playing,
            on_click=moves.step,
            args=(look,),
        )
        if playing:
            st.button(
                _("Pause"), key="generation_pause", icon=":material/pause:", on_click=moves.stop
            )
        else:
            st.button(
                _("Play"),
                key="generation_play",
                icon=":material/slow_motion_video:",
                disabled=ended,
                on_click=moves.play,
                help=_("A token every second"),
            )
        st.button(
            _("To the end"),
            key="generation_write",
            icon=":material/fast_forward:",
            disabled=ended or playing,
            on_click=moves.write,
            help=_("At most {count} tokens; change that under Settings").format(count=count_now()),
        )
        st.button(
            _("Back"),
            key="generation_back",
            icon=":material/undo:",
            disabled=not path or playing,
            on_click=WALK.back,
        )
        with st.popover(_("Settings"), icon=":material/tune:"):
            show_more_settings()
            show_count()
            _show_special()
            _show_tree_settings(look)


def _show_special() -> None:
    """Whether special tokens typed in the text are special."""
    st.checkbox(
        _("Special tokens typed in the text count as such"),
        key=GENERATION.key("special"),
        persist_state="session",
        on_change=_read_again,
    )


def _read_again() -> None:
    moves.forget_steps()
    st.session_state[REREAD] = True


def _show_tree_settings(look: Look) -> None:
    if WALK.branches.rows[0].choices or WALK.place != START:
        st.button(
            _("Start over"), key="generation_over", on_click=moves.forget_steps, width="stretch"
        )
    choose_branch(WALK)
    offer_file(look)
