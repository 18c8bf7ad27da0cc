"""The branches of a text that went on in several ways, as the timeline draws them and compared."""

from __future__ import annotations

import math

import streamlit as st

from app import formulas
from app.branch_controls import branch_name
from app.frame import as_plain
from app.generation.look import Look
from app.generation.moves import WALK
from app.generation.run import steps_of
from app.generation.settings import seed_now
from components.tables import table
from components.views import timeline
from core.errors import HeadlightError
from core.generation import GenerationStep
from core.language import _


def drop_misfits(look: Look) -> None:
    """Start over, and say so, where the steps of a link do not fit the text."""
    if not WALK.branches.rows[0].choices and len(WALK.branches.rows) == 1:
        return
    try:
        for number in range(len(WALK.branches.rows)):
            branch_steps(look, number)
    except HeadlightError as error:
        WALK.start_over()
        said = _("The link's steps do not fit this text and are left out.")
        st.warning(f"{said} {as_plain(str(error))}")


def branch_steps(look: Look, number: int) -> tuple[GenerationStep, ...]:
    """All steps to the end of a branch, its parents' among them."""
    row = WALK.branches.rows[number]
    return steps_of(look, WALK.branches.path((number, len(row.choices) - 1)), seed_now())


def shown_branches(look: Look) -> list[timeline.Branch]:
    """Every branch with its own tokens."""
    shown = []
    for number, row in enumerate(WALK.branches.rows):
        steps = branch_steps(look, number)
        own = steps[len(steps) - len(row.choices) :]
        shown.append(
            timeline.Branch(
                branch_name(WALK, number), list(map(_shown, own)), parent=row.parent, at=row.at
            )
        )
    return shown


def _shown(step: GenerationStep) -> timeline.Step:
    return timeline.Step(
        step.label.strip() or step.label, min(1.0, step.probability), chosen=step.rank > 1
    )


def compare_branches(look: Look) -> None:
    """What the branches wrote, and how probable it was to the model."""
    tree = WALK.branches
    if len(tree.rows) < 2:
        return
    lines = []
    for number, row in enumerate(tree.rows):
        steps = branch_steps(look, number)
        common = len(steps) - len(row.choices)
        total = sum(math.log(step.probability) for step in steps if step.probability > 0)
        lines.append(
            (
                branch_name(WALK, number),
                "".join(step.text for step in steps[:common]),
                "".join(step.text for step in steps[common:]),
                str(len(steps)),
                formulas.number(total, 2),
                formulas.number(total / len(steps), 2) if steps else "–",
            )
        )
    head = (_("branch"), _("shared with the branch it left"), _("its own text"))
    st.markdown(table((*head, _("tokens"), "Σ log p", _("mean log p")), lines))
    said = _(
        "log p is the model's own log-probability of each token, whatever the settings, in nats. "
        "A longer text has a smaller sum; the mean compares texts of different lengths."
    )
    st.markdown(f":small[{said}]", width=680)
