"""A scored text as the room shows it: its tokens coloured by probability, and a table to keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import streamlit as st

from app.csv_download import offer_csv
from app.facts import provenance
from app.formulas import number, share
from app.frame import as_plain
from app.notes import note_cut
from components.chips import chips_of
from components.views.token_strip import Chip, token_strip
from core.export import table_csv
from core.generation import TextScore
from core.language import _
from core.tokens import PART_OF_CHARACTER

MOST_CHIPS: Final = 1000
"""More tokens are not drawn; the CSV has all."""
NAMED: Final = 3
"""How many expected tokens are named."""
_BLANKS: Final = str.maketrans({" ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """A text as one model scored it; the model by its id and title."""

    model: str
    title: str
    score: TextScore


def scored_places(score: TextScore) -> list[int]:
    """The tokens that have a probability, from left to right."""
    return [int(place) for place in np.flatnonzero(score.ranks)]


def show_tokens(scored: Scored, *, key: str) -> None:
    """Each token by its probability given those before it, what is to be known, and a table."""
    note_cut(scored.score.tokens)
    token_strip(
        token_chips(scored.score),
        key=f"{key}_tokens",
        label=_("How expected each token is to {model}").format(model=scored.title),
        value_label=_("P(token), given those before it"),
    )
    left, right = st.columns([8, 4])
    if said := notes(scored.score):
        left.markdown(f":small[{' '.join(said)}]", width=680)
    with right:
        _offer_table(scored, key)


def token_chips(score: TextScore) -> list[Chip]:
    """The first tokens as chips; on a scored one log P, rank, entropy and what was expected."""
    chips = list(chips_of(score.tokens)[:MOST_CHIPS])
    for place in scored_places(score):
        if place >= len(chips):
            break
        log_probability = float(score.log_probabilities[place])
        details = (
            ("log P", number(log_probability)),
            (_("rank"), f"{score.ranks[place]:,}"),
            (_("entropy"), number(float(score.entropies[place]))),
            (_("expected most"), ", ".join(expected(score, place))),
            *chips[place].details,
        )
        value = float(np.clip(np.exp(log_probability), 0, 1))
        chips[place] = replace(chips[place], value=value, details=details)
    return chips


def expected(score: TextScore, place: int) -> Iterator[str]:
    """The tokens expected most in the place of a token, with their probabilities."""
    shares = score.top_probabilities[place].tolist()
    for text, probability in list(zip(score.top_texts(place), shares, strict=True))[:NAMED]:
        yield f"{quoted(text)} {share(probability)}"


def quoted(text: str) -> str:
    """What a token says, in quotation marks: many say nothing but a comma or a space."""
    if text == PART_OF_CHARACTER:
        return _("part of a character")
    return f"“{text.strip() or text.translate(_BLANKS)}”"


def notes(score: TextScore) -> list[str]:
    """What has no score, what was read in parts, and what is not drawn, each in a sentence."""
    said = []
    tokens, places = score.tokens, scored_places(score)
    asked = range(1, len(tokens))
    if tokens.segments[0] is not None:
        said.append(
            _("The first token, “{word}”, has no probability: nothing stands before it.").format(
                word=as_plain(tokens.characters[0])
            )
        )
    if len(places) < len(asked):
        said.append(
            _("Scored until the stop: {known} of {count} tokens.").format(
                known=len(places), count=len(asked)
            )
        )
    if unknown := sum(tokens.unknown[place] for place in places):
        said.append(
            _(
                "Tokens unknown to this model: {count}. Their scores say nothing of the characters "
                "behind them."
            ).format(count=unknown)
        )
    if len(tokens) > score.window:
        said.append(
            _(
                "The model reads {window:,} tokens at once; further on, each token is given at "
                "least the {half:,} before it."
            ).format(window=score.window, half=score.window // 2)
        )
    if len(tokens) > MOST_CHIPS:
        said.append(
            _("The first {most:,} of {count:,} tokens are drawn; the CSV has all.").format(
                most=MOST_CHIPS, count=len(tokens)
            )
        )
    return said


def _offer_table(scored: Scored, key: str) -> None:
    offer_csv(
        _("Tokens and log P, as CSV"),
        lambda: score_csv(scored),
        name="score",
        model=scored.model,
        key=f"{key}_csv",
    )


def score_csv(scored: Scored) -> str:
    """A row for each token; a number is missing where there is none.

    In pandas: ``read_csv(file, skiprows=CSV_SKIP)``.
    """
    score, tokens = scored.score, scored.score.tokens
    head = ("position", "token", "id", "log P", "P", "rank", "entropy", "expected most")
    rows: list[tuple[object, ...]] = [head]
    for place, (label, id_) in enumerate(zip(tokens.labels, tokens.ids, strict=True)):
        numbers = _numbers(score, place) if score.ranks[place] > 0 else [None] * 5
        rows.append((place, label, id_, *numbers))
    return table_csv(rows, provenance(scored.model))


def _numbers(score: TextScore, place: int) -> tuple[object, ...]:
    log_probability = score.log_probabilities[place]
    return (
        log_probability,
        np.exp(log_probability),
        score.ranks[place],
        score.entropies[place],
        " ".join(expected(score, place)),
    )
