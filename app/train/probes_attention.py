"""The attention of one head in the text of a probe, before the first step and at the one shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import streamlit as st

from app.frame import as_plain
from components.controls import choose_view
from components.views.attention_head import attention_head
from core.language import _
from core.tuning.probes import ProbeReading

if TYPE_CHECKING:
    from app.train.probes import Moment

HEAD: Final = "train._probe_head"
DRAWN: Final = "train._probe_drawn"


def show_attention(moment: Moment) -> None:
    """The chosen head twice, or what changed in it."""
    place = _choose_head(moment.now.heads)
    now = moment.now.readings[moment.place]
    before = moment.before.readings[moment.place]
    if now.virtual_keys:
        said = _("[V1] to [V{count}] are trained vectors before the text.").format(
            count=now.virtual_keys
        )
        st.markdown(f":small[{as_plain(said)}]")
    if before.weights.shape != now.weights.shape:
        before = now  # a text that is cut otherwise cannot be compared
    if not moment.same and _choose_drawing() == "change":
        change = now.weights[place] - before.weights[place]
        _draw(moment, now, change, _("what changed since before the first step"), "change")
        return
    if moment.same:
        _draw(moment, now, now.weights[place], _("before the first step"), "now")
        return
    left, right = st.columns(2, gap="small")
    with left:
        _draw(moment, before, before.weights[place], _("before the first step"), "before")
    with right:
        name = _("step {step}").format(step=f"{moment.now.step:,}")
        _draw(moment, now, now.weights[place], name, "now")


def _choose_head(heads: tuple[tuple[int, int], ...]) -> int:
    """The place of the chosen head among those that are probed."""
    names = {
        f"{layer}.{head}": _("head {layer}.{head}").format(layer=layer, head=head)
        for layer, head in heads
    }
    if st.session_state.get(HEAD) not in names:
        st.session_state[HEAD] = list(names)[-1]  # of the last layer, which changes most
    return list(names).index(choose_view(_("Head"), names, key=HEAD))


def _choose_drawing() -> str:
    st.session_state.setdefault(DRAWN, "both")
    names = {"both": _("before and now"), "change": _("what changed")}
    return choose_view(_("Drawn"), names, key=DRAWN)


def _draw(moment: Moment, reading: ProbeReading, weights: np.ndarray, name: str, part: str) -> None:
    st.markdown(f":small[**{name}**]")
    attention_head(
        weights,
        reading.queries,
        reading.keys,
        key=f"train_probe_head_{part}",
        title=name,
        causal=reading.causal,
        special_keys=_true(reading.special),
        special_queries=_true(reading.special_queries),
        scale="difference" if part == "change" else "weights",
        source=moment.source,
    )


def _true(marks: tuple[bool, ...]) -> list[int]:
    return [place for place, mark in enumerate(marks) if mark]
