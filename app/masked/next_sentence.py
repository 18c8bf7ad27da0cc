"""The room "Next sentence": whether one sentence follows another, and the way to the answer.

Every answer is computed when it is asked for, those for the example pairs too.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import Final

import streamlit as st

from app.facts import of_model, source_line
from app.formulas import number
from app.frame import as_plain, framed
from app.masked.look import Look
from app.masked.pairs import EVEN, Pair, pairs_for, pairs_table
from app.masked.state import MASKED
from app.masked.trained_head import trained_head
from components.controls import text_input
from components.views.vector_strips import Strip, vector_strips
from core.language import _
from core.masked import NextSentence, next_sentence
from core.models import LanguageModel

FIRST, SECOND = MASKED.key("first"), MASKED.key("second")
TAKE: Final = "masked._pair"


@framed
def show_next(look: Look) -> None:
    """Two inputs, the probability, the way from [CLS] to it, and pairs that are right and wrong."""
    pairs = pairs_for(look.model)
    _offer_pairs(pairs)
    left, right = st.columns(2, gap="large")
    with left:
        first = text_input(_("First sentence"), key=FIRST)
    with right:
        second = text_input(_("Does this one follow?"), key=SECOND)
    found = _answer(look, first, second)
    _say_cut(found)
    left, right = st.columns([5, 7], gap="large")
    with left:
        _show_probability(look, found)
    with right:
        _show_pairs(look, pairs)
    _show_path(look, found)


def _answer(look: Look, first: str, second: str) -> NextSentence:
    def ask(model: LanguageModel) -> NextSentence:
        return next_sentence(model, first, second)

    return of_model(look.model, ("next sentence", first, second), ask)


def _offer_pairs(pairs: Sequence[Pair]) -> None:
    """A menu of the example pairs; one that is chosen is put into the inputs."""
    st.menu_button(
        _("Take an example"),
        range(len(pairs)),
        key=TAKE,
        icon=":material/format_quote:",
        format_func=lambda place: (
            _("pair {number}").format(number=place + 1) + f": {pairs[place].first[:40]}…"
        ),
        on_click=take_pair,
        args=(pairs,),
    )


def take_pair(pairs: Sequence[Pair]) -> None:
    """Put the pair that was chosen in the menu into the inputs."""
    chosen = st.session_state.get(TAKE)
    if isinstance(chosen, int) and 0 <= chosen < len(pairs):
        pair = pairs[chosen]
        st.session_state[FIRST], st.session_state[SECOND] = pair.first, pair.second


def _say_cut(found: NextSentence) -> None:
    cut = found.tokens.cut
    if cut is not None:
        st.info(
            _(
                "Too long: {total} tokens, the limit is {limit}. Read until “{text}”; shorten the "
                "sentences."
            ).format(total=cut.total, limit=cut.limit, text=as_plain(cut.text))
        )


def _show_probability(look: Look, found: NextSentence) -> None:
    """The probability as a number and in words, and how the head was trained."""
    share = min(1.0, max(0.0, found.probability))
    st.metric(_("Probability that it is next"), f"{share:.3f}")
    st.markdown(
        (
            _("The answer is **is next**: {next} for it, {other} against it.")
            if share > EVEN
            else _("The answer is **is not next**: {next} for “is next”, {other} against it.")
        ).format(next=f"{share:.3f}", other=f"{1 - share:.3f}"),
        width=680,
    )
    said = [
        _("Index 0 of the two outputs is “is next”, index 1 “is not next” (Devlin et al. 2019).")
    ]
    said.append(trained_head(look.model))
    st.markdown(f":small[{' '.join(said).strip()}]", width=680)


def _show_path(look: Look, found: NextSentence) -> None:
    """From the last vector of [CLS] to the probability: the formulas, and their numbers."""
    heading = _("The way to this number")
    st.markdown(f"**{heading}**")
    name = found.tokens.labels[0]
    st.latex(
        r"p = \tanh(W h + b) \qquad z = V p + c \qquad P(\mathrm{next}) = "
        r"\frac{e^{z_0}}{e^{z_0} + e^{z_1}}"
    )
    hidden = len(found.pooled)
    vector_strips(
        [
            Strip(
                _("h, the last vector of {token}").format(token=name),
                found.first_vector,
                note=_("{count} numbers, what all layers made of both sentences").format(
                    count=hidden
                ),
            ),
            Strip(
                _("p, pooled"),
                found.pooled,
                note=_("{count} numbers, each between −1 and 1").format(count=hidden),
            ),
            Strip(
                _("z, the two logits"),
                found.logits,
                note=_("index 0: is next; index 1: is not next"),
            ),
        ],
        key="masked_next_path",
        label=_("From the vector of {token} to two logits").format(token=name),
        source=source_line(look.model),
    )
    st.latex(softmax_with_numbers(found))


def softmax_with_numbers(found: NextSentence) -> str:
    """The softmax of the two logits as LaTeX, with their numbers."""
    logits = found.logits.tolist()
    largest = max(logits)  # taken off, so that no power overflows
    share = exp(logits[0] - largest) / sum(exp(value - largest) for value in logits)
    first, second = (number(value).replace("−", "-") for value in logits)
    return (
        rf"P(\mathrm{{next}}) = \frac{{e^{{{first}}}}}{{e^{{{first}}} + e^{{{second}}}}}"
        rf" = {share:.3f}"
    )


def _show_pairs(look: Look, pairs: Sequence[Pair]) -> None:
    """The example pairs with what the model answers, each marked by what is so."""
    heading = _("Real pairs, right and wrong")
    st.markdown(f"**{heading}**")
    answers = [_answer(look, pair.first, pair.second).probability for pair in pairs]
    st.markdown(pairs_table(pairs, answers))
    said = _(
        "A head of this kind notices above all whether two sentences speak of the same thing; the "
        "order alone tells it little."
    )
    st.markdown(f":small[{said}]", width=680)
