"""The log-probability of each token of the prompt, and of an answer to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from app.facts import model_kind, of_model
from app.frame import as_plain, framed
from app.prompts.asking import key_of, shown_rows
from app.prompts.look import Look
from components.chips import chips_of
from components.tables import table as as_table
from components.views.token_strip import token_strip
from core.language import _

if TYPE_CHECKING:
    from core.models import LanguageModel
    from core.prompts import PromptTable
    from core.prompts.token_scores import AnswerScore


@framed
def show_token_scores(look: Look, table: PromptTable, place: int) -> None:
    """Chips coloured by probability, and the words of the labels piece by piece."""
    with st.expander(
        _("How probable is each token?"), key="prompts_token_scores", on_change="rerun"
    ) as more:
        if not more.open:
            return
        if model_kind(look.model) != "causal":
            st.info(
                _(
                    "Only a causal model gives each token a probability from those before it; "
                    "choose one, or score the text on the Masked words page."
                )
            )
            return
        words = look.verbalizer().words
        scores = [_score(look, table, place, word) for word in words]
        lines = [
            (
                word,
                str(len(one.answer)),
                " ".join(f"{log:.2f}" for log in one.answer),
                f"{one.answer_total:.3f}",
            )
            for word, one in zip(words, scores, strict=True)
        ]
        st.markdown(as_table((_("word"), _("pieces"), _("log P of each"), _("sum")), lines))
        _show_chips(scores[0], words[0])


def _show_chips(one: AnswerScore, word: str) -> None:
    logs = one.score.log_probabilities
    values = [0.0 if math.isnan(log) else min(1.0, math.exp(float(log))) for log in logs]
    token_strip(
        chips_of(one.score.tokens, values=values),
        key="prompts_token_chips",
        label=_("The prompt and “{word}”").format(word=word),
        value_label=_("probability"),
        compact=True,
    )
    said = _("The prompt costs {total:.1f} nats, “{word}” {own:.2f} of them.").format(
        total=-one.score.total, word=word, own=-one.answer_total
    )
    st.markdown(f":small[{as_plain(said)}]")


def _score(look: Look, table: PromptTable, place: int, word: str) -> AnswerScore:
    from core.prompts import write_prompt
    from core.prompts.token_scores import score_answer

    settings, verbalizer = look.settings(table), look.verbalizer()
    shown = shown_rows(look, table)
    row = table.rows[place]

    def score(model: LanguageModel) -> AnswerScore:
        written = write_prompt(
            look.prompt(),
            row,
            word_of=verbalizer.first,
            demonstrations=shown(row) if callable(shown) else shown,
            settings=settings,
        )
        return score_answer(model, written, word, settings)

    return of_model(look.model, ("prompt-scores", key_of(look, (place,)), word), score)
