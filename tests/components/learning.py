"""Sections of the gallery: the curves of runs, of which points come while somebody looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.views.training_curves import (
    CurveLevel,
    CurveName,
    CurvePanel,
    News,
    ShownRun,
    tell_detail,
    tell_points,
    training_curves,
)

NAMES = {
    "loss": CurveName(label="training loss", panel="loss", noisy=True),
    "validation_loss": CurveName(
        label="validation loss", panel="loss", colour=1, dash=1, sign="circle"
    ),
    "accuracy": CurveName(
        label="validation accuracy", panel="share", colour=2, dash=0, sign="diamond"
    ),
    "rate": CurveName(label="learning rate", panel="rate", colour=3),
}
PANELS = {
    "loss": CurvePanel(label="loss (nats)"),
    "share": CurvePanel(label="share right", share=True),
    "rate": CurvePanel(label="learning rate", small=True),
}
LEVELS = (
    CurveLevel(label="guessing: 0.693", panel="loss", value=0.693),
    CurveLevel(label="always the commonest label: 0.520", panel="share", value=0.52),
)


@dataclass(frozen=True)
class Piece:
    """A piece of a curve."""

    steps: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def piece(steps: NDArray[np.int64], values: NDArray[np.float64], width: float = 0.0) -> Piece:
    return Piece(steps, values, values - width, values + width)


def learnt(first: int, last: int, *, every: int = 1, seed: int = 0) -> dict[str, Piece]:
    """What a run logs from a step to another; a point stands for ``every`` steps."""
    steps = np.arange(1, last + 1, every)
    noise = np.random.default_rng(seed).normal(0, 0.05, len(steps))
    here = steps >= first
    falling = 0.35 + 0.35 * np.exp(-steps / 80)
    looked = here & (steps % 24 == 0) if every == 1 else here & (np.arange(len(steps)) % 20 == 0)
    width = 0.06 if every > 1 else 0.0
    return {
        "loss": piece(steps[here], (falling + noise)[here], width),
        "validation_loss": piece(steps[looked], falling[looked] + 0.05),
        "accuracy": piece(steps[looked], 0.9 - 0.4 * np.exp(-steps[looked] / 60)),
        "rate": piece(steps[here], 1e-4 * (1 - steps[here] / (2 * last))),
        "grip": piece(steps[looked], steps[looked] / last),
    }


def news(lines: dict[str, Piece], *, since: int = 0, turn: int = 1, width: int = 1) -> News:
    starts = {name: int(line.steps[0]) for name, line in lines.items() if len(line.steps)}
    return News(
        stamp="gallery",
        since=since,
        turn=turn,
        whole=since == 0,
        width=width,
        starts=starts,
        lines=lines,
    )


def gap() -> None:
    st.session_state.gaps = st.session_state.get("gaps", 0) + 1


def show_curves() -> None:
    """One run of 300 steps with probes; the chosen step is told."""
    chosen = st.session_state.get("step", 240)
    picked = training_curves(
        [ShownRun(id="a", label="mine")],
        key="curves",
        label="Curves of mine",
        names=NAMES,
        panels=PANELS,
        levels=LEVELS,
        ticks=[0, *range(24, 301, 24)],
        tick_label="probe",
        selected=chosen,
        on_select=lambda step: st.session_state.update(step=step),
        source="mine · fine-tune · Headlight",
    )
    tell_points("curves", "a", news(learnt(1, 300)), on_gap=gap)
    st.write(f"clicked: {picked}, selected: {st.session_state.get('step', 240)}")


def show_growing_curves() -> None:
    """A run that logs four steps at each look; every third message gets lost."""
    training_curves(
        [ShownRun(id="a", label="mine")],
        key="growing",
        label="Curves that grow",
        names=NAMES,
        panels=PANELS,
    )

    @st.fragment(run_every=0.5)
    def more() -> None:
        turn = st.session_state.turn = st.session_state.get("turn", 0) + 1
        last = 40 + 4 * turn
        if st.session_state.get("lost") != st.session_state.get("gaps"):
            st.session_state.lost = st.session_state.get("gaps")
            tell_points("growing", "a", news(learnt(1, last), turn=turn), on_gap=gap)
        else:
            since = 0 if turn == 1 else turn - (0 if turn % 5 == 0 else 2)
            lines = learnt(1 if turn == 1 else last - 8, last)
            tell_points("growing", "a", news(lines, since=since, turn=turn), on_gap=gap)
        st.write(f"step {last}, gaps {st.session_state.get('gaps', 0)}")

    more()


def show_two_curves() -> None:
    """Three runs in one picture."""
    runs = [ShownRun(id=name, label=name) for name in ("run a", "run b", "=c")]
    training_curves(
        runs,
        key="two",
        label="Three runs",
        names=NAMES,
        panels=PANELS,
        levels=LEVELS,
    )
    for place, run in enumerate(runs):
        lines = learnt(1, 300 - 60 * place, seed=place)
        lines = {
            name: piece(line.steps, line.mean + 0.06 * place * (name != "rate"))
            for name, line in lines.items()
        }
        tell_points("two", run.id, news(lines), on_gap=gap)


def show_long_curves() -> None:
    """A run of 100,000 steps in 782 points each; zoomed, finer ones are told."""

    def finer(stretch: tuple[int, int]) -> None:
        st.session_state.stretch = stretch

    training_curves(
        [ShownRun(id="a", label="long")],
        key="long",
        label="A long run",
        names=NAMES,
        panels=PANELS,
        on_zoom=finer,
    )
    tell_points("long", "a", news(learnt(1, 100_000, every=128), width=128), on_gap=gap)
    stretch = st.session_state.get("stretch")
    if stretch is not None:
        first, last = stretch
        steps = np.arange(first, last + 1, 16)
        fine = {"loss": piece(steps, 0.35 + 0.02 * np.sin(steps / 100), 0.01)}
        tell_detail("long", "a", stretch, 16, fine)
    st.write(f"stretch: {stretch}")


SECTIONS = {
    "curves": show_curves,
    "growing": show_growing_curves,
    "threeruns": show_two_curves,
    "longrun": show_long_curves,
}
