"""Which step of a run the probes are shown of: a slider, by hand, by key, or playing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import streamlit as st

from app.train.state import TRAIN
from core.language import _

PACE: Final = 0.9
"""Seconds for which a step is shown while the slider plays."""
STEP: Final = TRAIN.key("probe")
_PLAYING: Final = "train._probe_playing"
_SHOWN: Final = "train._probe_shown"
_LEFT: Final = "train._probe_left"
_LATE: Final = 3.0
"""Seconds in which a browser may still tell of a step that the page has left by itself."""


def playing() -> bool:
    """Whether the slider moves by itself."""
    return bool(st.session_state.get(_PLAYING))


def choose_step(run_id: str, steps: Sequence[int]) -> int:
    """The step that is shown, one of ``steps``; without a choice the newest, as more come."""
    if playing():
        _go_on(steps)
    shown = nearest(st.session_state.get(STEP), steps)
    if len(steps) < 2:
        return shown
    key = f"train_probe_{run_id}"
    _note_leaving(key, shown)
    st.session_state[key] = shown
    names = {step: f"{step:,}" for step in steps}
    slider, button = st.columns([10, 2], vertical_alignment="center", gap="small")
    with slider:
        st.select_slider(
            _("Step of the probes"),
            list(steps),
            format_func=names.__getitem__,
            key=key,
            on_change=_choose,
            args=(key, steps[-1]),
            help=_("The arrow keys move it. Step 0 is before the first step."),
            disabled=playing(),
        )
    with button:
        _show_button(steps)
    return shown


def show_step(step: int) -> None:
    """Show the probe of ``step``, or of the one before it."""
    st.session_state[_PLAYING] = False
    st.session_state[STEP] = str(step)


def nearest(chosen: object, steps: Sequence[int]) -> int:
    """The last of ``steps`` up to the chosen one; the newest where none is chosen."""
    text = str(chosen or "")
    if not text.isdecimal():
        return steps[-1]
    return max((step for step in steps if step <= int(text)), default=steps[0])


def _choose(key: str, newest: int) -> None:
    """Keep what was chosen; at the end of the slider the newest is followed."""
    step = st.session_state[key]
    if time.monotonic() - dict(st.session_state.get(_LEFT) or {}).get(step, -_LATE) < _LATE:
        return  # not chosen: sent along by a browser that had not heard of the next one
    st.session_state[_PLAYING] = False
    st.session_state[_SHOWN] = key, step
    st.session_state[STEP] = "" if step == newest else str(step)


def _note_leaving(key: str, shown: int) -> None:
    """Remember which step was left without anybody's choice: playing, or as a newer one came."""
    before = st.session_state.get(_SHOWN)
    st.session_state[_SHOWN] = key, shown
    if before is None or before[0] != key or before[1] == shown:
        return
    left = dict(st.session_state.get(_LEFT) or {})
    st.session_state[_LEFT] = {**left, before[1]: time.monotonic()}


def _show_button(steps: Sequence[int]) -> None:
    """Play, or pause."""
    on = playing()
    pressed = st.button(
        _("Pause") if on else _("Play"),
        key="train_probe_play",
        icon=":material/pause:" if on else ":material/play_arrow:",
        help=_("Show one step after another"),
        width="stretch",
    )
    if not pressed:
        return
    if not on and nearest(st.session_state.get(STEP), steps) == steps[-1]:
        st.session_state[STEP] = str(steps[0])
    st.session_state[_PLAYING] = not on
    st.rerun()  # how often the panel is drawn is decided outside it


def _go_on(steps: Sequence[int]) -> None:
    """One step further; at the newest it stops."""
    shown = nearest(st.session_state.get(STEP), steps)
    later = [step for step in steps if step > shown]
    if later:
        st.session_state[STEP] = str(later[0])
        return
    st.session_state[_PLAYING] = False
    st.session_state[STEP] = ""
    st.rerun()
