"""Sections of the gallery: stepped runs, predictions of masked words, masked chips."""

from __future__ import annotations

import numpy as np
import streamlit as st
from patterns import ATTACK, SENTENCE

from components.views.predictions import Panel, predictions
from components.views.timeline import Branch, Step, timeline
from components.views.token_strip import Chip, token_strip

SOURCE = "MiniLM-L6 masked · 3f1c9e2a · float32 · CPU · Headlight 0.1.0"
START = "The [MASK] of the [MASK] is the [MASK]."

FILLED = [
    Branch(
        "by confidence",
        [
            Step("time", 0.412, "mask 2"),
            Step("end", 0.677, "mask 1"),
            Step("beginning", 0.0931, "mask 3"),
        ],
    ),
    Branch(
        "left to right",
        [
            Step("house", 0.0612, "mask 1", chosen=True),
            Step("king", 0.158, "mask 2"),
            Step("palace", 0.344, "mask 3"),
        ],
        parent=0,
        at=0,
    ),
    Branch(
        "another last word",
        [Step("answer", 0.00023, "mask 3", chosen=True)],
        parent=0,
        at=2,
    ),
]


def show_timeline(branches: list[Branch], *, start: str = "", first: int = 0) -> None:
    """A stepped run that goes where it is told."""
    chosen = st.session_state.get("step", (0, first))
    picked = timeline(
        branches,
        key="timeline",
        label="Three masks, filled one by one",
        selected=chosen,
        on_select=lambda place: st.session_state.update(step=place),
        start=start,
        source=SOURCE,
    )
    st.write(f"clicked: {picked}, selected: {chosen}")


def many_branches(branches: int = 8, steps: int = 40) -> list[Branch]:
    """Branches that leave one another here and there; each is as long as the run."""
    rng = np.random.default_rng(0)
    words = [*SENTENCE[1:-1], "characteristically", " ", "\n"]
    made: list[Branch] = []
    for index in range(branches):
        parent = None if not index else int(rng.integers(0, index))
        at = 0 if parent is None else int(rng.integers(0, 10))
        own = [
            Step(words[int(rng.integers(len(words)))], float(rng.beta(1, 2)), "", not step % 9)
            for step in range(steps)
        ]
        made.append(Branch(f"branch {index + 1}", own, parent=parent, at=at))
    return made


ODD_BRANCHES = [
    Branch("", [Step("شكرا", 0.5), Step(ATTACK, 1e-7, ATTACK), Step("", None), Step("👩‍🚀", 1.0)]),
    Branch(ATTACK, [Step("東京タワー駅前", 0.03, "第二个遮盖"), Step(" ", 0.0)], parent=0, at=1),
    Branch("just left", [], parent=1, at=2),
]


def show_timeline_states() -> None:
    """A run of which nothing was made yet, and one without a name or a start."""
    timeline([Branch("", [])], key="nothing", label="Nothing yet", start=START)
    picked = timeline([FILLED[0], *FILLED[1:]], key="bare", label="No start")
    st.write(f"clicked: {picked}")


def show_growing() -> None:
    """A run that makes another step when its last one is chosen."""
    count = st.session_state.setdefault("count", 2)

    def go(place: tuple[int, int]) -> None:
        st.session_state.count += place[1] == st.session_state.count - 1

    steps = [Step(WORDS[i % len(WORDS)], 0.5 / (i + 1)) for i in range(count)]
    timeline(
        [Branch("", steps)],
        key="growing",
        label="A growing run",
        selected=(0, count - 1),
        on_select=go,
    )


WORDS = ("house", "room", "door", "car", "building", "hospital", "garden", "kitchen", "box", "city")


def shares(seed: int, count: int = 10, largest: float = 0.677) -> list[float]:
    made = np.sort(np.random.default_rng(seed).gamma(0.5, 1.0, count))[::-1]
    return [float(share) for share in made / made[0] * largest]


def show_predictions() -> None:
    """Three masks, what changed, and what was chosen."""
    taken = st.session_state.setdefault("taken", {0: 0})
    panels = [
        Panel(
            "mask 1 · position 4",
            WORDS[:5],
            [0.677, 0.121, 0.0433, 0.012, 0.0004],
            original=("door", 0.0433, 3),
            chosen=taken.get(0),
            before=[0.412, 0.198, 0.0402, 0.101, 0.0007],
        ),
        Panel(
            "mask 2 · position 9",
            ("the", "a", "his", "her", "'s"),
            [0.31, 0.297, 0.12, 0.08, 0.01],
            original=("yesterday", 0.0004, 231),
            chosen=taken.get(1),
            before=[0.30, 0.297, 0.2, 0.02, 0.09],
        ),
        Panel(
            "mask 3 · position 11",
            WORDS[5:10],
            [0.055, 0.041, 0.032, 0.03, 0.0299],
            chosen=taken.get(2),
        ),
    ]
    picked = predictions(
        panels,
        key="predictions",
        label="What MiniLM predicts at three masks",
        on_select=lambda place: taken.update([place]),
        source=SOURCE,
    )
    st.write(f"clicked: {picked}, chosen: {sorted(taken.items())}")


def show_many_predictions() -> None:
    """Eight panels, which only show."""
    panels = [
        Panel(f"mask {i + 1}", WORDS, shares(i, largest=0.9 / (i + 1)), ("boat", 3e-7, 12_004))
        for i in range(8)
    ]
    predictions(panels, key="many", label="Eight masks")


def show_odd_predictions() -> None:
    """Texts that are hard to show."""
    words = (ATTACK, "شكرا", "👩‍🚀", "Donaudampfschifffahrtsgesellschaft", "東京", "\n", " ", "")
    panel = Panel(ATTACK, words, shares(1, 8, 1.0), ("שלום", 0.0, 30_521), chosen=4)
    predictions([panel], key="odd", label="Odd words", selectable=True)


def show_masked_chips() -> None:
    """A sentence masked as BERT was trained: masked, replaced, kept, left alone."""
    marks = {4: "masked", 7: "replaced", 9: "kept", 11: "masked"}
    masked = st.session_state.setdefault("masked", dict(marks))

    def turn(index: int) -> None:
        if masked.pop(index, None) is None:
            masked[index] = "masked"

    token_strip(
        [
            Chip(
                text="[MASK]" if masked.get(i) == "masked" else text,
                piece=text,
                id=1000 + i,
                kind="special" if text.startswith("[") else "word",
                continues=text == "n't",
                mark=masked.get(i),
                details=(("original", text),) if i in masked else (),
            )
            for i, text in enumerate(SENTENCE)
        ],
        key="masked_chips",
        label="Tokens to mask",
        hint="Click a token to mask it, or to show it again",
        on_select=turn,
    )
    st.write(f"masked: {sorted(masked)}")


SECTIONS = {
    "timeline": lambda: show_timeline(FILLED, start=START, first=1),
    "timelinelong": lambda: show_timeline(many_branches(), first=5),
    "timelineodd": lambda: show_timeline(ODD_BRANCHES),
    "timelinegrowing": show_growing,
    "timelinestates": show_timeline_states,
    "predictions": show_predictions,
    "predictions8": show_many_predictions,
    "predictionsodd": show_odd_predictions,
    "masked": show_masked_chips,
}
