"""Two models' scores of one text beside each other: which expects it more, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from app.formulas import number
from app.frame import as_plain
from app.generation.score.compare import (
    PartScore,
    SharedPart,
    WordOfBoth,
    differing_words,
    shared_part,
)
from app.generation.score.tokens import Scored
from components.tables import table
from core.language import _

MOST_WORDS: Final = 8
ALIKE: Final = 0.0005
"""Bits per character; less is no difference to the three decimals that are shown."""
_QUOTED: Final = 30  # characters


def show_comparison(text: str, first: Scored, second: Scored) -> None:
    """Which model expects the text more, in numbers that compare, and where they differ most."""
    part = shared_part(text, first.score, second.score)
    if part is None:
        st.info(_("The two models score no part of this text in common: type a longer text."))
        return
    names = short_names(first.title, second.title)
    left, right = st.columns([7, 5], gap="large")
    with left:
        st.markdown(verdict(part, *names), width=680)
        st.markdown(part_table(part, *names))
        st.markdown(f":small[{' '.join(cautions(part))}]", width=680)
    with right:
        _show_words(differing_words(text, first.score, second.score, MOST_WORDS), names)


def short_names(first: str, second: str) -> tuple[str, str]:
    """The titles of two models, of paths and names of a hub the last part only where it differs."""
    one, two = (title.rstrip("/").rsplit("/", 1)[-1] for title in (first, second))
    return (one, two) if one and two and one != two else (first, second)


def verdict(part: SharedPart, first: str, second: str) -> str:
    """In a sentence: which of two models, by their titles, expects the part more."""
    one, two = part.first.bits, part.second.bits
    if abs(one - two) < ALIKE:
        return _("Both expect this text alike: {bits} bits per character.").format(bits=number(one))
    surer, low, high = (first, one, two) if one < two else (second, two, one)
    return _(
        "**{model}** expects this text more: {low} bits per character against {high}; each bit "
        "halves the probability."
    ).format(model=as_plain(surer), low=number(low), high=number(high))


def part_table(part: SharedPart, first: str, second: str) -> str:
    """A column for each model: tokens, Σ log P, bits per character and perplexity."""
    names = (_("tokens"), "Σ log P", _("bits per character"), _("perplexity per token"))
    rows = zip(names, _numbers(part.first), _numbers(part.second), strict=True)
    return table(("", first, second), rows)


def _numbers(score: PartScore) -> tuple[str, ...]:
    return (
        f"{score.tokens:,}",
        number(score.total),
        number(score.bits),
        f"{score.perplexity:,.2f}",
    )


def cautions(part: SharedPart) -> list[str]:
    """What is compared, and which numbers do not compare."""
    said = []
    if not part.whole:
        said.append(
            _("Compared is what both models score: {count:,} characters, “{text}”.").format(
                count=part.first.characters, text=as_plain(_shortened(part.text))
            )
        )
    said.append(_("Bits per character: −Σ log₂ P divided by the number of characters."))
    said.append(
        _("Both cut the text into the same tokens, so perplexities compare too.")
        if part.same_tokens
        else _(
            "Perplexity is per token and does not compare here: the models cut the text into other "
            "tokens, and more tokens are each easier to guess."
        )
    )
    said.append(_("One text says little about which model is better."))
    return said


def _shortened(text: str) -> str:
    """A text in one line; of a long one its two ends."""
    line = " ".join(text.split())
    return line if len(line) <= 2 * _QUOTED else f"{line[:_QUOTED]} … {line[-_QUOTED:]}"


def _show_words(words: Sequence[WordOfBoth], names: tuple[str, str]) -> None:
    if not words:
        return
    st.markdown(_("**Words on which they differ most, by log P**"))
    rows = [(word.text, number(word.first), number(word.second)) for word in words]
    st.markdown(table((_("word"), *names), rows))
