"""The room "Score": how probable the model finds a sentence, each token masked in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import streamlit as st

from app import resources
from app.csv_download import offer_csv
from app.facts import provenance
from app.formulas import number
from app.frame import as_plain, framed
from app.masked.draws import typed_specials
from app.masked.formulas import show_pseudo_likelihood
from app.masked.look import Look
from app.waiting import note_stopped, waited
from components.chips import chips_of
from components.views.token_strip import Chip, token_strip
from core.export import head_csv
from core.jobs import Progress, Stop
from core.language import _
from core.masked import PseudoLikelihood, pseudo_log_likelihood
from core.tokens import Tokens

MANY: Final = 80
"""More tokens scroll in a frame of their own."""
LEAST: Final = 5
"""How many of the least expected tokens are named."""


@framed
def show_score(look: Look) -> None:
    """The text coloured by what is expected, the sum with its formula, and the numbers as CSV."""
    key = (look.model, "score", look.text)
    job = waited(key, "masked_score", _("Masking each token in turn"), _scoring(look))
    if job is None or job.value is None:
        return
    note_stopped(job, "masked_score", lambda: resources.jobs().forget(key))
    _show_tokens(job.value)
    _note_left_out(look, job.value)
    scored = computed_part(job.value)
    if not scored.positions:
        return
    left, right = st.columns([7, 5], gap="large")
    with left:
        show_pseudo_likelihood(scored)
    with right:
        _say_least_expected(scored)
        offer_csv(
            _("Tokens and log P, as CSV"),
            lambda: score_csv(look, scored),
            name="score",
            model=look.model,
            key="masked_score_csv",
        )
    _caution(scored)


def computed_part(found: PseudoLikelihood) -> PseudoLikelihood:
    """What was computed before a job was stopped; all of it where it was not."""
    if found.complete:
        return found
    known = ~np.isnan(found.per_token)
    places = np.array(found.positions)[known]
    return replace(found, positions=tuple(places.tolist()), per_token=found.per_token[known])


def least_expected(scored: PseudoLikelihood, most: int) -> list[tuple[int, float]]:
    """The (position, log P) of the tokens expected least, the least first."""
    pairs = zip(scored.positions, scored.per_token.tolist(), strict=True)
    return sorted(pairs, key=lambda pair: pair[1])[:most]


def _scoring(look: Look) -> Callable[[Progress, Stop], PseudoLikelihood]:
    """The job: it scores the text as it was typed, in a thread of its own."""

    def score(progress: Progress, stop: Stop) -> PseudoLikelihood:
        tokens = look.original()
        with resources.pool().lease(resources.require_known(look.model)) as model:
            return pseudo_log_likelihood(model, tokens, progress=progress, stop=stop)

    return score


def _show_tokens(found: PseudoLikelihood) -> None:
    """Each token by its probability when it alone is masked."""
    with st.container(height=190 if len(found.tokens) > MANY else "content", border=False):
        token_strip(
            _chips(found),
            key="masked_score_tokens",
            label=_("How expected each token is"),
            value_label=_("P(token), masked alone"),
        )


def _chips(found: PseudoLikelihood) -> list[Chip]:
    chips = list(chips_of(found.tokens))
    for place, score in zip(found.positions, found.per_token.tolist(), strict=True):
        if not np.isnan(score):
            details = (("log P", number(score)), *chips[place].details)
            share = float(np.clip(np.exp(score), 0, 1))
            chips[place] = replace(chips[place], value=share, details=details)
    return chips


def _note_left_out(look: Look, found: PseudoLikelihood) -> None:
    """Which tokens are not scored, and that a click masks nothing here."""
    said = []
    tokens, count = found.tokens, len(found.positions)
    if not found.complete:
        known = len(computed_part(found).positions)
        said.append(
            _("Scored until the stop: {known} of {count} tokens.").format(known=known, count=count)
        )
    if typed := typed_specials(tokens):
        said.append(
            _(
                "Special tokens typed into the text, such as masks, stay as they are and are not "
                "scored: {count}."
            ).format(count=typed)
        )
    if unknown := sum(tokens.unknown[place] for place in found.positions):
        said.append(
            _(
                "Tokens unknown to this model: {count}. Their scores say nothing of the characters "
                "behind them."
            ).format(count=unknown)
        )
    if look.masks:
        said.append(_("Words masked by a click are scored like all others."))
    if said:
        st.markdown(f":small[{' '.join(said)}]", width=680)


def _say_least_expected(scored: PseudoLikelihood) -> None:
    words = scored.tokens.characters
    named = ", ".join(
        f"**{as_plain(words[place])}** {number(score)}"
        for place, score in least_expected(scored, LEAST)
    )
    st.markdown(_("Least expected, by log P: {words}.").format(words=named), width=680)


def _caution(scored: PseudoLikelihood) -> None:
    """What the sum is not."""
    said = [
        _(
            "Each token is judged with all others in sight, so the sum is no probability of the "
            "sentence. It compares sentences in one model, best of the same length (Salazar et "
            "al. 2020)."
        )
    ]
    if _has_pieces(scored.tokens, scored.positions):
        said.append(
            _(
                "A piece of a word is easily guessed from its other pieces: words of several "
                "pieces come out too expected (Kauf and Ivanova 2023)."
            )
        )
    st.markdown(f":small[{' '.join(said)}]", width=680)


def _has_pieces(tokens: Tokens, positions: Sequence[int]) -> bool:
    return any(tokens.continues[place] for place in positions)


def score_csv(look: Look, scored: PseudoLikelihood) -> str:
    """The table of ``head_csv`` with a row for each scored token, and the columns log P and P."""
    texts = scored.tokens.labels
    return head_csv(
        np.stack([scored.per_token, np.exp(scored.per_token)], axis=1),
        [texts[place] for place in scored.positions],
        ["log P", "P"],
        provenance(look.model),
        queries=scored.positions,
    )
