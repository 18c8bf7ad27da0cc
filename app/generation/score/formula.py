"""L_CLM with the numbers of a text in it, its perplexity, and the words expected least."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import streamlit as st

from app.formulas import TERMS, number, sum_of, written_sum
from app.frame import as_plain
from app.generation.score.tokens import NAMED, quoted, scored_places
from components.tables import table
from core.generation import ScoredWord, TextScore
from core.language import _
from core.tokens import PART_OF_CHARACTER, Tokens

LEAST: Final = 8
"""How many of the least expected words are listed."""


def show_loss(score: TextScore) -> None:
    """The loss of causal language modelling: formula, sum, mean and perplexity."""
    places = scored_places(score)
    shown = places[: TERMS + 1]
    asked = _asked(score.tokens, shown)
    numbers = [number(-float(score.log_probabilities[place])) for place in shown]
    total = number(-score.total)
    st.latex(r"L_{\mathrm{CLM}} = -\sum_{t} \log P(x_t \mid x_1, \dots, x_{t-1})")
    st.markdown(written_sum("L = −" + sum_of(asked, " − "), numbers, total), width=680)
    st.markdown(
        _(
            "Mean: {total} / {count} = **{mean}** nats per token, which frameworks report as the "
            "loss."
        ).format(total=total, count=len(places), mean=number(score.loss)),
        width=680,
    )
    st.markdown(
        _(
            "Perplexity: exp({mean}) = **{perplexity}**, as if the model chose evenly among that "
            "many tokens each time."
        ).format(mean=number(score.loss), perplexity=f"{score.perplexity:,.2f}"),
        width=680,
    )


def _asked(tokens: Tokens, places: Sequence[int]) -> list[str]:
    """log P of each token given the one before it, and dots for those before that."""
    words = [as_plain(word) for word in tokens.characters[: max(places) + 1]]
    terms = (
        f"log P({words[place]} | {'… ' if place > 1 else ''}{words[place - 1]})" for place in places
    )
    return [term.replace(" ", "\u2060\u00a0") for term in terms]  # a term stays on one line


def show_least_expected(score: TextScore) -> None:
    """A table of the words with the lowest log P, and what was expected in their place."""
    rows = list(least_rows(score))
    if not rows:
        return
    st.markdown(_("**Least expected words**"))
    st.markdown(table((_("word"), "log P", _("rank"), _("expected instead")), rows))
    if any(len(word.positions) > 1 for word in score.least_expected(LEAST)):
        said = _(
            "A word of several tokens has the sum of their log P and the largest of their ranks."
        )
        st.markdown(f":small[{said}]", width=680)


def least_rows(score: TextScore) -> Iterator[tuple[str, ...]]:
    """A row for each of the least expected words."""
    for word in score.least_expected(LEAST):
        yield (
            word_of(score.tokens, word),
            number(word.log_probability),
            f"{word.rank:,}",
            " ".join(instead(score, word)),
        )


def word_of(tokens: Tokens, word: ScoredWord) -> str:
    """What a word says; of one of blanks only, signs for them."""
    return word.text or tokens.labels[word.positions[0]]


def instead(score: TextScore, word: ScoredWord) -> list[str]:
    """What was expected in the place of a word, or of what made it improbable.

    Of a word of several tokens that is the least probable one: what stands before it stays.
    """
    place = min(word.positions, key=lambda one: score.log_probabilities[one])
    before = "".join(score.tokens.texts[one] for one in word.positions if one < place)
    own = score.tokens.ids[place]
    others = zip(score.top_ids[place].tolist(), score.top_texts(place), strict=True)
    found = (
        text if text == PART_OF_CHARACTER else before + text for id_, text in others if id_ != own
    )
    return list(dict.fromkeys(map(quoted, found)))[:NAMED]
