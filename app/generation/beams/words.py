"""What stands under the tree of a beam search: a score with its numbers, and the step as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from app.formulas import number, term, written_sum
from app.frame import as_plain
from app.generation.beams.nodes import Considered, considered, ending_words, reason_words
from components.tables import table
from core.generation import Beam, BeamStep, Path
from core.language import _

SUM: Final = "Σ\u00a0log\u00a0p"
"""What heads a column; it stays in one line."""


def show_score(beam: Beam, found: Mapping[Path, Considered], penalty: float) -> None:
    """The score of one continuation: the formula, and the numbers in it."""
    st.latex(
        r"\mathrm{score} = \frac{\sum_{t=1}^{n} \log P(x_t \mid x_{<t})}{n^{\alpha}}", width=680
    )
    st.markdown(sum_of_beam(beam, found), width=680)
    length = len(beam.token_ids)
    st.markdown(
        _("score = {total} / {length}^{penalty} = **{score}**").format(
            total=as_plain(number(beam.log_probability)),
            length=length,
            penalty=as_plain(f"{penalty:g}".replace("-", "−")),
            score=as_plain(number(beam.score)),
        ),
        width=680,
    )


def sum_of_beam(beam: Beam, found: Mapping[Path, Considered]) -> str:
    """Σ log p with the log-probability of each token, of the first ones where there are many."""
    ids = beam.token_ids
    own = [found[ids[:count]].beam.token_log_probability for count in range(1, len(ids) + 1)]
    return written_sum("Σ log p", [term(value) for value in own], number(beam.log_probability))


def show_step(step: BeamStep, said: Mapping[Path, str]) -> None:
    """What is kept after a step, and what was dropped in it; ``said`` are their texts."""
    st.markdown(_("**Kept after step {number}**, the best score first").format(number=step.number))
    st.markdown(kept_table(step, said))
    if not step.dropped:
        return
    st.markdown(_("**Dropped in step {number}**").format(number=step.number))
    st.markdown(dropped_table(step, said))


def kept_table(step: BeamStep, said: Mapping[Path, str]) -> str:
    """A row for each continuation that is kept, those that have ended among them."""
    heads = (_("text"), SUM, _("tokens"), _("score"), _("state"))
    return table(
        heads,
        [(*_row(beam, said), _state(beam, step)) for beam in step.beams],
    )


def dropped_table(step: BeamStep, said: Mapping[Path, str]) -> str:
    """A row for each continuation that was dropped, with the reason."""
    return table(
        (_("text"), SUM, _("tokens"), _("score"), _("why it was dropped")),
        [
            (*_row(one.beam, said), reason_words(Considered(one.beam, one.reason)))
            for one in sorted(step.dropped, key=lambda one: -one.beam.score)
        ],
    )


def say_length_penalty(steps: Sequence[BeamStep]) -> None:
    """What the length penalty does, and where it changed nothing."""
    said = [
        _(
            "Every token makes Σ log p smaller, so sums alone (α = 0) favour short texts. "
            "Dividing by length^α with α above 0 favours long ones, below 0 short ones still more."
        )
    ]
    ended = {len(one.beam.token_ids) for one in considered(steps).values() if one.beam.finished}
    if steps[-1].winner is not None and len(ended) == 1:
        said.append(_("Here all that ended have the same length: the penalty changes no order."))
    st.markdown(f":small[{' '.join(said)}]", width=680)


def one_line(text: str) -> str:
    """A text in one line; what says nothing is named."""
    return " ↵ ".join(text.split("\n")).strip() or _("(no text)")


def _row(beam: Beam, said: Mapping[Path, str]) -> tuple[str, str, str, str]:
    text = one_line(said[beam.token_ids])
    return text, number(beam.log_probability), str(len(beam.token_ids)), number(beam.score)


def _state(beam: Beam, step: BeamStep) -> str:
    if not beam.finished:
        return _("kept")
    winner = step.winner is not None and beam.token_ids == step.winner.token_ids
    return f"{_('winner') if winner else _('ended')} · {ending_words(beam)}"
