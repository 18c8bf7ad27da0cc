"""The branches of filling, as the timeline draws them and as sentences beside each other."""

from __future__ import annotations

import math

import streamlit as st

from app import formulas
from app.branch_controls import branch_name
from app.frame import as_plain
from app.masked.look import Look
from app.masked.moves import WALK
from app.masked.paths import masks_of, taken, written
from components.tables import table
from components.views import timeline
from core.errors import InputError
from core.language import _
from core.masked import FillStep


def drop_misfits(look: Look) -> None:
    """Start over, and say so, where the steps of a link do not fit the text."""
    tree = WALK.branches
    try:
        for number, row in enumerate(tree.rows):
            taken(look, tree.path((number, len(row.choices) - 1)))
    except InputError as error:
        WALK.start_over()
        said = _("The link's steps do not fit this text and are left out.")
        st.warning(f"{said} {as_plain(str(error))}")


def shown_branches(look: Look) -> list[timeline.Branch]:
    """Every branch with what its own steps took."""
    tree = WALK.branches
    masks = masks_of(look)
    shown = []
    for number, row in enumerate(tree.rows):
        steps = taken(look, tree.path((number, len(row.choices) - 1)))
        own = steps[len(steps) - len(row.choices) :]
        shown.append(
            timeline.Branch(
                branch_name(WALK, number),
                [_shown(step, masks) for step in own],
                parent=row.parent,
                at=row.at,
            )
        )
    return shown


def compare_branches(look: Look) -> None:
    """The sentences that the branches make, and how probable their words were on the way."""
    tree = WALK.branches
    if len(tree.rows) < 2:
        return
    lines = []
    for number, row in enumerate(tree.rows):
        steps = taken(look, tree.path((number, len(row.choices) - 1)))
        total = sum(math.log(step.probability) for step in steps if step.probability > 0)
        lines.append((branch_name(WALK, number), written(look, steps), formulas.number(total, 2)))
    st.markdown(table((_("branch"), _("sentence"), "Σ log p"), lines))
    said = _(
        "Σ log p adds up the log-probability of each word when it was filled in; it depends on "
        "the order and is no probability of the sentence."
    )
    st.markdown(f":small[{said}]", width=680)


def _shown(step: FillStep, masks: tuple[int, ...]) -> timeline.Step:
    return timeline.Step(
        step.text.strip() or step.text,
        min(1.0, step.probability),
        note=_("mask {number}").format(number=masks.index(step.position) + 1),
        chosen=step.rank > 1,
    )
