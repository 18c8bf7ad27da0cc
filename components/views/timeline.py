"""A stepped run as a row of steps, with a row for every branch that leaves it.

The view knows no model: what a step chose and how probable that was, the caller says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.selection import tell_selection
from components.views.view import register_view, show
from core.language import _

Place = tuple[int, int]

BEFORE: Final = -1
"""The step number of what stood there before the first step."""

_mount = register_view("timeline", "step_text.js", "timeline_tiles.js", "timeline_moving.js")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the ``text`` of the token it chose, and its ``probability``, 0..1, where known.

    A short ``note`` stands beside the step's number, such as "mask 2". ``chosen`` says that
    another token was taken than the model's first.
    """

    text: str
    probability: float | None
    note: str = ""
    chosen: bool = False

    def __post_init__(self) -> None:
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise ValueError(f"probability {self.probability}: a number from 0 to 1 is needed")


@dataclass(frozen=True, slots=True)
class Branch:
    """A row of steps that are this branch's own, under its ``name``.

    Its first step stands under the step ``at`` of the branch ``parent``, instead of which it goes;
    ``at`` counts the parent's own steps. A branch without a parent starts the run.
    """

    name: str
    steps: Sequence[Step]
    parent: int | None = None
    at: int = 0

    def __post_init__(self) -> None:
        if self.parent is None and self.at:
            raise ValueError(f"a branch without a parent starts at 0, not at {self.at}")


def timeline(
    branches: Sequence[Branch],
    *,
    key: str,
    label: str,
    selected: Place | None = None,
    on_select: Callable[[Place], None] | None = None,
    start: str = "",
    source: str = "",
) -> Place | None:
    """Show ``branches``; the (branch, step) chosen just now, None in every other run.

    ``label`` names the picture for people who hear it. The ``selected`` step has a ring; what does
    not lead to it (later steps, other branches) is dimmed. Where a ``start`` text is given, what
    stood there before the first step has a tile of its own, which is step ``BEFORE``. Rows stand
    so that no line crosses another: the later a branch leaves, the nearer to its parent.
    ``on_select`` is called before the rerun. ``source`` stands at the foot of a saved picture.
    Raises ValueError where these do not fit together.
    """
    message = timeline_message(branches, key=key, label=label, start=start, source=source)
    first = BEFORE if start else 0

    def holds(branch: int, step: int) -> bool:
        return 0 <= branch < len(branches) and first <= step < len(branches[branch].steps)

    if selected is not None and not holds(*selected):
        raise ValueError(f"selected step {selected} is not in the timeline")

    def read(sent: object) -> Place | None:
        if not isinstance(sent, list) or len(sent) != 2:
            return None
        if not all(isinstance(number, int) for number in sent) or not holds(*sent):
            return None
        return sent[0], sent[1]

    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select)
        tell_selection(key, selected)
    return choice


def timeline_message(
    branches: Sequence[Branch],
    *,
    key: str,
    label: str,
    start: str = "",
    source: str = "",
) -> bytes:
    """What the browser is sent for ``timeline`` with these arguments."""
    _check(branches)
    shares = [step.probability for branch in branches for step in branch.steps]
    header: dict[str, Json] = {
        "view": key,
        "label": label,
        "start": start,
        "branches": [_columns(branch) for branch in branches],
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(),
    }
    return encode_message(
        header, np.array([np.nan if share is None else share for share in shares], np.float32)
    )


def _columns(branch: Branch) -> dict[str, Json]:
    return {
        "name": branch.name,
        "parent": branch.parent,
        "at": branch.at,
        "text": [step.text for step in branch.steps],
        "note": [step.note for step in branch.steps],
        "chosen": [int(step.chosen) for step in branch.steps],
    }


def _check(branches: Sequence[Branch]) -> None:
    if not branches:
        raise ValueError("a timeline has at least one branch, which may have no step yet")
    for index, branch in enumerate(branches):
        if branch.parent is None:
            continue
        if not 0 <= branch.parent < index:
            raise ValueError(f"branch {index}: its parent {branch.parent} must stand before it")
        most = len(branches[branch.parent].steps)
        if not 0 <= branch.at <= most:
            raise ValueError(f"branch {index} leaves its parent at {branch.at}, not in 0..{most}")


def _texts() -> dict[str, Json]:
    return {
        "hint": _("Click a step to go there; the arrow keys go step by step"),
        "step": _("step {number}"),
        "probability": _("probability"),
        "chosen": _("not the model’s first"),
        "empty": _("no step yet"),
        "aside": _("later, or on another branch"),
    }
