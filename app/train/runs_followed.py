"""The curves that a session follows, and what its browser is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

import streamlit as st

from app.train.runs_curves import POINTS, RunCurves, Track
from app.train.runs_picture import picture_key
from app.train.store import runs
from components.views.curve_points import tell_detail, tell_points
from components.views.training_curves import MOST_RUNS, Stretch
from core.tuning.runs import RunRecord

_CURVES: Final = "train._curves"
_STRETCH: Final = "train._stretch"


def followed(run_id: str) -> RunCurves:
    """The curves of the run, brought up to now; the session keeps those of a few runs."""
    kept = cast("dict[str, RunCurves]", st.session_state.setdefault(_CURVES, {}))
    found = kept.pop(run_id, None)
    if found is None:
        found = RunCurves(runs(), run_id)
    else:
        found.follow(runs())
    kept[run_id] = found  # the last one used is dropped last
    while len(kept) > MOST_RUNS:
        del kept[next(iter(kept))]
    return found


def tell_news(shown: Sequence[RunRecord], run_id: str) -> None:
    """Tell the picture of the runs ``shown`` what is new of one of them."""
    curves = followed(run_id)
    tell_points(picture_key(shown[0].id), run_id, curves.news(), on_gap=curves.tell_all)


def ask_for_detail(run_id: str, stretch: Stretch) -> None:
    """Let finer points of ``stretch`` be shown, in the picture of ``run_id``."""
    st.session_state[_STRETCH] = (run_id, stretch)


def show_detail(shown: Sequence[RunRecord]) -> None:
    """Tell the picture of ``shown`` the finer points that were asked for, if any were."""
    run_id, stretch = st.session_state.get(_STRETCH, ("", (0, 0)))
    if run_id != shown[0].id:
        return
    first, last = stretch
    for run in shown:
        curve = runs().curve(run.id, points=POINTS, first=first, last=last)
        lines = {name: Track.read(series) for name, series in curve.series.items()}
        tell_detail(picture_key(shown[0].id), run.id, stretch, curve.width, lines)
