"""Where a click leads: the next step, a part of the map, a cell."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.anatomy.look import CELL, LAYER, STACK
from app.anatomy.state import ANATOMY, ANATOMY_STEPS
from components.views.matrices import Cell

STEP: Final = ANATOMY.key("step")


def go(steps: int) -> None:
    """Go on by so many steps; what a button calls."""
    at = ANATOMY_STEPS.index(st.session_state[STEP]) + steps
    show_step(ANATOMY_STEPS[min(max(at, 0), len(ANATOMY_STEPS) - 1)])


def show_step(step: str) -> None:
    """Show a step; the cell of another one is forgotten."""
    st.session_state[STEP] = step
    st.session_state[CELL] = []


def forget_cell() -> None:
    """No cell is chosen; what another layer or head calls."""
    st.session_state[CELL] = []


def choose_cell(cell: Cell) -> None:
    """Choose a cell of the matrices that are shown."""
    st.session_state[CELL] = list(cell)


def choose_part(part: str) -> None:
    """Go where a part of the map leads: "qkv:self:3" is a step, a stack and a layer."""
    step, _colon, place = part.partition(":")
    stack, _colon, number = place.partition(":")
    layer = number.partition(":")[0]
    session = st.session_state
    if layer:
        session[LAYER] = int(layer)
        session[STACK] = stack
    if step == "cross":
        session[STACK], step = "cross", "softmax"
    # A layer keeps the step that is shown, if it is one of a layer's.
    whole = step == "qkv" and layer
    if whole and session[STEP] not in {"embed", "logits"}:
        return forget_cell()
    return show_step({"final": "logits", "other": "logits"}.get(step, step))


def map_part(stack: str, layer: int, step: str) -> str:
    """The part of the map that a step belongs to."""
    own = "self" if stack == "self" else "decoder"
    place = f"{own}:{layer}"
    parts = {
        "embed": "embed",
        "norm": f"norm:{place}:part",
        "ffn": f"ffn:{place}:part",
        "logits": "logits",
    }
    attention = f"cross:{place}:part" if stack == "cross" else f"softmax:{place}:part"
    return parts.get(step, attention)
