"""Sections of the gallery: walls of numbers, differences, sorted heads, cross attention."""

from __future__ import annotations

import numpy as np
import streamlit as st
from patterns import ATTACK, SENTENCE, pattern, wall

from components.views.attention_grid import GridHead, attention_grid
from components.views.attention_head import attention_head
from components.views.head_values import head_values

ENGLISH = ["<s>", "the", "animal", "was", "too", "tired", "."]
SOURCE = "MiniLM-L6 · 3f1c9e2a · float32 · CPU · Headlight 0.1.0"


def effects(layers: int, heads: int, *, largest: float = 0.106, seed: int = 0) -> np.ndarray:
    """Most heads matter little, a few a lot."""
    values = np.random.default_rng(seed).gamma(0.4, 1.0, (layers, heads))
    return (values / values.max() * largest).astype(np.float32)


def show_effects() -> None:
    """How far each head of a small encoder moves a vector: sizes, with a control."""
    values = effects(6, 12)
    values[4, 3:6] = np.nan
    chosen = st.session_state.get("effect", (3, 1))
    left, right = st.columns(2)
    with left:
        picked = head_values(
            values,
            key="effects",
            label="How far the vector of “it” moves when a head is off",
            scale="size",
            unit="1 − cosine",
            selected=chosen,
            on_select=lambda place: st.session_state.update(effect=place),
            marked=[(3, 7, "control: a random head of the same layer")],
            source=SOURCE,
        )
        st.write(f"clicked: {picked}, selected: {chosen}")
    with right:
        head_values(
            np.clip(effects(6, 12, largest=0.98, seed=3), 0, 1),
            key="scores",
            label="Score “previous token”",
            digits=2,
        )


def show_patching() -> None:
    """30 layers run across; differences."""
    rng = np.random.default_rng(1)
    values = (effects(30, 9, largest=2.41, seed=1) * rng.choice([-1, 1], (30, 9))).astype(
        np.float32
    )
    values[24:] = np.nan
    head_values(
        values,
        key="patching",
        label=f"Change of log p when a head is patched {ATTACK}",
        scale="difference",
        unit="nats",
        digits=2,
        marked=[(16, 0, "induction head")],
        selected=(17, 3),
    )


def show_difference() -> None:
    """The difference of two heads."""
    one, other = (pattern(name, len(SENTENCE)) for name in ("previous", "local"))
    steps = st.session_state.setdefault("steps", [])
    chosen = st.session_state.get("cell")
    left, right = st.columns([5, 7])
    left.write(f"steps: {steps}, selected: {chosen}")
    with right:
        attention_head(
            0.62 * (one - other),
            SENTENCE,
            SENTENCE,
            key="difference",
            title="layer 3 head 1 − layer 5 head 11",
            scale="difference",
            sink_columns=(0,),
            selected_query=chosen[0] if chosen else None,
            on_select=lambda cell: st.session_state.update(cell=cell),
            place=(3, 1),
            on_move=lambda place, layer, head: steps.append((layer, head)),
        )


def show_hostile() -> None:
    """Labels that an SVG must not take at their word."""
    labels = ["<b>", "&amp;", "]]>", "\x00\x1b[31m", "tab\there", "\"'", "\ufffe", ATTACK[:14]]
    attention_head(
        pattern("previous", len(labels)),
        labels,
        labels,
        key="hostile",
        title=f"{ATTACK} & \x07",
        source="model <&> \x01",
    )


def show_sorted() -> None:
    """All 270 heads in the order of a score."""
    entries, weights = wall(30, 9, 24, causal=True)
    order = sorted(range(len(entries)), key=lambda i: -(entries[i].score or 0))
    chosen = st.session_state.get("head", (16, 0))
    left, right = st.columns([5, 7])
    with left:
        attention_grid(
            [entries[i] for i in order],
            weights[order],
            key="sorted",
            label="All heads by “previous token”",
            layout="flow",
            causal=True,
            tints=[entries[i].score for i in order],
            tint_label="score “previous token”",
            selected=chosen,
            on_select=lambda place: st.session_state.update(head=place),
            source=SOURCE,
        )
    right.write(f"selected: {chosen}")


def cross(rows: int, columns: int, seed: int) -> np.ndarray:
    scores = np.random.default_rng(seed).normal(0, 1.0, (rows, columns))
    scores[np.arange(rows), np.arange(rows) * columns // rows] += 4
    weights = np.exp(scores)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def show_cross() -> None:
    """Cross attention: fewer queries than keys, in every layout."""
    size = (len(ENGLISH), len(SENTENCE))
    thumbnails = np.stack([cross(*size, seed) for seed in range(24)])
    entries = [
        GridHead(layer=i // 8, head=i % 8, caption="aligned", score=1 - i / 30) for i in range(24)
    ]
    left, right = st.columns(2)
    with left:
        attention_grid(entries[:3], thumbnails[:3], key="cross_three", label="Cross attention")
        attention_grid(
            entries, thumbnails, key="cross_flow", label="Cross attention, sorted", layout="flow"
        )
    with right:
        attention_grid(
            entries,
            thumbnails,
            key="cross_wall",
            label="All cross attention",
            layout="wall",
            tints=[entry.score for entry in entries],
        )
        attention_head(
            thumbnails[0],
            ENGLISH,
            SENTENCE,
            key="cross_head",
            title="cross attention: layer 0 head 0",
            preview_of=("cross_wall", "cross_three"),
            place=(0, 0),
        )


SECTIONS = {
    "effects": show_effects,
    "patching": show_patching,
    "difference": show_difference,
    "hostile": show_hostile,
    "sorted": show_sorted,
    "cross": show_cross,
}
