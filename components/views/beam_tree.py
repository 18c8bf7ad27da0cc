"""Beam search as a tree that grows by a column for every step.

The view knows no model and no search: what was kept or dropped, and why, is the caller's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import streamlit as st

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.selection import tell_selection
from components.views.view import register_view, show
from core.language import _

State = Literal["kept", "dropped", "finished", "winner"]
STATES: Final[tuple[State, ...]] = get_args(State)

MOST_NODES: Final = 5000
"""So many are drawn in about a second."""

_mount = register_view("beam_tree", "step_text.js", "beam_tree_layout.js", "beam_tree_nodes.js")


@dataclass(frozen=True, slots=True)
class BeamNode:
    """One token of a continuation, which goes on from the node ``parent``; None is the start.

    ``step`` counts from 1. ``log_probability`` is the sum over the tokens up to here, in nats, and
    ``score`` what continuations are compared by. "kept" was gone on with, "dropped" was considered
    and given up for the ``reason``, "finished" has ended, and the "winner" ended with the best
    score.
    """

    text: str
    parent: int | None
    step: int
    log_probability: float
    score: float
    state: State
    reason: str = ""

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise ValueError(f"state {self.state!r}: one of {', '.join(STATES)} is needed")
        if self.step < 1:
            raise ValueError(f"a node of step {self.step}: steps count from 1")
        for name, number in (("log_probability", self.log_probability), ("score", self.score)):
            if not math.isfinite(number):
                raise ValueError(f"{name} is {number}: a finite number is needed")


def beam_tree(
    nodes: Sequence[BeamNode],
    *,
    key: str,
    label: str,
    step: int,
    selected: int | None = None,
    on_select: Callable[[int], None] | None = None,
    start: str = "",
    source: str = "",
) -> int | None:
    """Show ``nodes`` up to ``step``; the index of the one clicked just now, None in other runs.

    A node stands after its parent, and siblings stand in the order of ``nodes``, the best first:
    the first of them goes on in its parent's row. States are those at ``step``; a node that was
    kept and led nowhere by then is shown as given up. ``selected`` has a ring, where it is shown.
    ``start`` is what stood there before the first step. ``label`` names the picture for people who
    hear it; ``on_select`` is called before the rerun; ``source`` stands at the foot of a saved
    picture. Raises ValueError where these do not fit together.
    """
    message = beam_tree_message(nodes, key=key, label=label, step=step, start=start, source=source)
    if selected is not None and not 0 <= selected < len(nodes):
        raise ValueError(f"selected node {selected} of {len(nodes)}")

    def read(sent: object) -> int | None:
        if not isinstance(sent, int) or not 0 <= sent < len(nodes):
            return None
        return sent if nodes[sent].step <= step else None

    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select)
        tell_selection(key, None if selected is None else [selected])
    return choice


def beam_tree_message(
    nodes: Sequence[BeamNode],
    *,
    key: str,
    label: str,
    step: int,
    start: str = "",
    source: str = "",
) -> bytes:
    """What the browser is sent for ``beam_tree`` with these arguments."""
    _check(nodes, step)
    shown = [index for index, node in enumerate(nodes) if node.step <= step]
    places = {index: place for place, index in enumerate(shown)}
    leading, winning = _leading(nodes, shown, step), _winning(nodes, shown)
    header: dict[str, Json] = {
        "view": key,
        "label": label,
        "start": start,
        "step": step,
        "index": shown,
        "text": [nodes[index].text for index in shown],
        "parent": [_place(nodes[index].parent, places) for index in shown],
        "column": [nodes[index].step for index in shown],
        "state": [_shown_state(nodes[index], index in leading) for index in shown],
        "reason": [nodes[index].reason for index in shown],
        "winning": [int(index in winning) for index in shown],
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(),
    }
    sums = [nodes[index].log_probability for index in shown]
    scores = [nodes[index].score for index in shown]
    return encode_message(header, np.array([sums, scores], np.float32))  # (sum and score, node)


def _check(nodes: Sequence[BeamNode], step: int) -> None:
    if len(nodes) > MOST_NODES:
        raise ValueError(f"{len(nodes)} nodes: at most {MOST_NODES} can be shown")
    if step < 0:
        raise ValueError(f"step {step}: 0 is before the first")
    if sum(node.state == "winner" for node in nodes) > 1:
        raise ValueError("one node can be the winner")
    for index, node in enumerate(nodes):
        if node.parent is None:
            before = 0
        elif not 0 <= node.parent < index:
            raise ValueError(f"node {index}: its parent {node.parent} must stand before it")
        else:
            before = nodes[node.parent].step
            if nodes[node.parent].state != "kept":
                raise ValueError(
                    f"node {index} goes on from node {node.parent}, which was not kept"
                )
        if node.step != before + 1:
            raise ValueError(f"node {index} of step {node.step} goes on from step {before}")


def _leading(nodes: Sequence[BeamNode], shown: Sequence[int], step: int) -> set[int]:
    """The nodes that lead to what is still held at ``step``, that itself included."""
    found: set[int] = set()
    for index in reversed(shown):
        node = nodes[index]
        held = node.state in {"finished", "winner"} or (node.state == "kept" and node.step == step)
        if held or index in found:
            found.add(index)
            if node.parent is not None:
                found.add(node.parent)
    return found


def _winning(nodes: Sequence[BeamNode], shown: Sequence[int]) -> set[int]:
    """The winner and all that it comes from; nothing before it is shown."""
    path: set[int] = set()
    at = next((index for index in shown if nodes[index].state == "winner"), None)
    while at is not None:
        path.add(at)
        at = nodes[at].parent
    return path


def _shown_state(node: BeamNode, leading: bool) -> str:
    return "ceased" if node.state == "kept" and not leading else node.state


def _place(parent: int | None, places: dict[int, int]) -> int | None:
    return None if parent is None else places[parent]


def _texts() -> dict[str, Json]:
    return {
        "hint": _("Point at a token to read its numbers; click to choose it"),
        "start": _("start"),
        "step": _("step {number}"),
        "sum": _("Σ log p"),
        "score": _("score"),
        "kept": _("kept"),
        "dropped": _("dropped"),
        "because": _("dropped: {reason}"),
        "ceased": _("kept at first, given up later"),
        "finished": _("ended"),
        "winner": _("winner"),
        "winning": _("leads to the winner"),
    }
