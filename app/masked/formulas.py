"""Formulas with the numbers of the sentence at hand in them.

What they are numbers of is computed in core; here they are written out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import streamlit as st

from app.formulas import number, share, sum_of, term, written_sum
from app.frame import as_plain
from app.masked.draws import Draw
from components.tables import table
from core.language import _
from core.masked import MaskedLoss, PseudoLikelihood

MOST_ROWS: Final = 30


def show_loss(draw: Draw, loss: MaskedLoss) -> None:
    """The loss of masked language modelling, of one draw: formula, sum and mean."""
    words = draw.example.tokens.characters
    asked = [f"log P({as_plain(words[place])})" for place in loss.positions]
    numbers = [number(value) for value in loss.per_token.tolist()]
    total = number(loss.total)
    st.latex(r"L_{\mathrm{MLM}} = -\sum_{i \in M} \log P(x_i \mid X_{\setminus M})")
    st.markdown(written_sum("L = −" + sum_of(asked, " − "), numbers, total), width=680)
    st.markdown(
        _(
            "Mean: {total} / {count} = **{mean}** nats, which frameworks report as the loss. "
            "Accuracy: {right} of {count} right = **{accuracy}**."
        ).format(
            total=total,
            count=len(numbers),
            mean=number(loss.loss),
            right=sum(loss.right),
            accuracy=number(loss.accuracy),
        ),
        width=680,
    )


def show_loss_table(draw: Draw, loss: MaskedLoss) -> None:
    """A row for each chosen token: what became of it, and how well it was guessed."""
    columns = (
        *(_("no."), _("original"), _("became"), _("P(original)")),
        *(_("rank"), "−log P", _("first choice")),
    )
    rows = list(_loss_rows(draw, loss))
    st.markdown(table(columns, rows[:MOST_ROWS]))
    if len(rows) > MOST_ROWS:
        said = _("Further tokens, which count in the sum too: {count}.").format(
            count=len(rows) - MOST_ROWS
        )
        st.markdown(f":small[{said}]")


def show_pseudo_likelihood(scored: PseudoLikelihood) -> None:
    """The pseudo-log-likelihood and the pseudo-perplexity of what was scored."""
    words = scored.tokens.characters
    asked = [f"log P({as_plain(words[place])})" for place in scored.positions]
    numbers = [term(value) for value in scored.per_token.tolist()]
    total, count = number(scored.total), len(numbers)
    st.latex(r"\mathrm{PLL}(W) = \sum_{t} \log P(w_t \mid W_{\setminus t})")
    st.markdown(written_sum("PLL = " + sum_of(asked), numbers, total), width=680)
    st.markdown(
        _(
            "Pseudo-perplexity: exp(−PLL / {count}) = **{perplexity}**, as if the model chose "
            "evenly among that many tokens each time."
        ).format(count=count, perplexity=f"{scored.pseudo_perplexity:,.2f}"),
        width=680,
    )


def _loss_rows(draw: Draw, loss: MaskedLoss) -> Iterator[tuple[str, ...]]:
    """A row for each chosen token."""
    original, read = draw.example.tokens.characters, draw.read.characters
    became = {
        "masked": _("masked out"),
        "replaced": _("replaced by “{word}”"),
        "kept": _("left as it is"),
    }
    rows = zip(loss.positions, draw.guesses, loss.per_token.tolist(), loss.right, strict=True)
    for place, guess, value, right in rows:
        yield (
            str(place),
            original[place],
            became[draw.example.kinds[place]].format(word=read[place]),
            share(guess.original.probability),
            f"{guess.original.rank:,}",
            number(value),
            _("right")
            if right
            else _("wrong: {word}").format(word=guess.first.strip() or repr(guess.first)),
        )
