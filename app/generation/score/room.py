"""The room "Score a text": how probable each token of a text is, given those before it.

Any text, by one model or by two; what is generated on the other tabs is not known here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from app import resources
from app.frame import as_plain, framed
from app.generation.look import Look
from app.generation.score.formula import show_least_expected, show_loss
from app.generation.score.tokens import Scored, show_tokens
from app.generation.score.two import show_comparison
from app.generation.state import GENERATION
from app.other_models import link_to_models, other_models
from app.waiting import note_stopped, waited
from components.controls import choose_model, text_input
from core.errors import UnsupportedError
from core.generation import TextScore, score_text
from core.jobs import Progress, Stop
from core.language import _

SCORE, OTHER = GENERATION.key("score"), GENERATION.key("other_model")
KIND: Final = "causal"
FIRST, SECOND = "generation_score", "generation_score_other"
LIMIT: Final = 8192
"""Longer texts are cut here, saying so."""
TOP: Final = 5


@framed
def show_score(look: Look) -> None:
    """The text coloured by what was expected, L_CLM with its numbers, and a model beside."""
    models = other_models(look.model, KIND)
    text, other = _choose(look, models)
    first = _scored(look.model, look.title, text, look.special, FIRST)
    if first is None:
        return
    _show_strip(first, FIRST, titled=bool(other))
    if other:
        second = _scored(other, models.get(other, other), text, look.special, SECOND)
        if second is not None:
            _show_strip(second, SECOND, titled=True)
            show_comparison(text, first, second)
            st.markdown(f"**{as_plain(first.title)}**")
    left, right = st.columns([7, 5], gap="large")
    with left:
        show_loss(first.score)
    with right:
        show_least_expected(first.score)


def _choose(look: Look, models: dict[str, str]) -> tuple[str, str]:
    """The text, and the model beside: "" for none."""
    if st.session_state[OTHER] == look.model:
        st.session_state[OTHER] = ""
    words, picker = st.columns([8, 4], gap="large")
    with words:
        text = text_input(_("Text to score"), key=SCORE)
    with picker:
        if not models and not st.session_state[OTHER]:
            said = _(
                "No other causal model is on this server to compare with. Fetch one, such as gpt2."
            )
            st.markdown(f":small[{said}]")
            link_to_models()
            return text, ""
        other = choose_model(_("The other model"), models, key=OTHER, none=_("none"))
    return text, other


def _scored(model: str, title: str, text: str, special: bool, name: str) -> Scored | None:
    """The score of ``text`` once it is there; a bar until then, a sentence where there is none."""
    key = (model, "score text", text, special)
    said = _("Scoring each token of the text: {model}").format(model=title)
    job = waited(key, name, said, _scoring(model, text, special))
    if job is None or job.value is None:
        return None
    note_stopped(job, name, lambda: resources.jobs().forget(key))
    return Scored(model=model, title=title, score=job.value)


def _scoring(model_id: str, text: str, special: bool) -> Callable[[Progress, Stop], TextScore]:
    """The job: it loads the model and scores the text, in a thread of its own."""

    def score(progress: Progress, stop: Stop) -> TextScore:
        with resources.pool().lease(resources.require_known(model_id)) as model:
            if model.kind == "seq2seq":
                raise UnsupportedError(
                    _(
                        "{id} scores a text only as its answer to another one: choose a causal "
                        "model to score a text alone."
                    ).format(id=model.id)
                )
            return score_text(
                model,
                text,
                top_k=TOP,
                limit=LIMIT,
                special=special,
                progress=progress,
                stop=stop,
            )

    return score


def _show_strip(scored: Scored, name: str, *, titled: bool) -> None:
    """The tokens, under the model's title where there are two."""
    if titled:
        st.markdown(f"**{as_plain(scored.title)}**")
    show_tokens(scored, key=name)
