"""The room Matching: a text against a list or against another text, three ways; and the search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import streamlit as st

from app import resources
from app.facts import of_model
from app.frame import as_plain
from app.generation.state import stepping_link
from app.navigation import page_path
from app.other_models import is_of_kind
from app.run_models import run_models
from app.tasks.look import PARAMETERS, Look
from app.tasks.matching_tokens import show_tokens
from app.tasks.take_away import show_take_away
from app.tasks.ways import show_ways
from components.tables import table
from components.views.predictions import Panel, predictions
from core.language import _
from core.tasks import Answer, Way
from core.tasks.matching import (
    SEARCH,
    encoder_candidates,
    relation_names,
    relation_titles,
)
from core.tasks.matching_answers import PairAnswer, RankAnswer
from core.tasks.matching_scores import prompt_of
from core.tasks.yes_no import whole_prompt

_SHOWN = 10
_SIGNS = 160


def show(look: Look) -> None:
    """The answer of each way, the similarity token by token, then many texts at once."""
    if look.task_id == SEARCH:
        from app.tasks.search import show_search

        show_search(look)
        return
    cosine = _("the cosine of two sentence vectors")
    hows: dict[Way, str] = {
        "built-in": _("none: a cosine cannot tell what follows from what contradicts")
        if look.task_id == "entailment"
        else cosine,
        "prompted": _("how surely the model says Yes"),
        "tuned": _("the label that a run learnt for pairs"),
    }
    show_ways(look, hows, _draw, candidates=_candidates, links=_links)
    with st.expander(_("Token by token"), key="tasks_tokens", on_change="rerun") as tokens:
        if tokens.open:
            show_tokens(look)
    show_take_away(look)


def _draw(look: Look, way: Way, answer: Answer) -> None:
    if isinstance(answer, RankAnswer):
        _draw_ranking(way, answer)
    else:
        _draw_relation(way, cast("PairAnswer", answer))


def _draw_ranking(way: Way, found: RankAnswer) -> None:
    scores = found.scores
    if scores is None:
        return
    heading = _("cosine") if way == "built-in" else "p"
    rows = [
        (str(rank), f"{scores[place]:.3f}", _short(found.candidates[place]))
        for rank, place in enumerate(found.order[:_SHOWN], start=1)
    ]
    st.markdown(table(("", heading, _("candidate")), rows))
    if len(found.candidates) > _SHOWN:
        said = _("The first {most} of {count:,}; the CSV of “Many texts” has three.").format(
            most=_SHOWN, count=len(found.candidates)
        )
        st.markdown(f":small[{said}]")


def _draw_relation(way: Way, found: PairAnswer) -> None:
    titles = relation_titles()
    st.markdown(f"### {as_plain(titles.get(found.label, found.label))}")
    if found.cosine is not None and found.threshold is not None:
        sign = "≥" if found.cosine >= found.threshold else "<"
        said = _("cosine {cosine:.3f} {sign} threshold {threshold:.2f}").format(
            cosine=found.cosine, sign=sign, threshold=found.threshold
        )
        st.markdown(as_plain(said))
    if found.probabilities is not None:
        shares = found.probabilities.tolist()
        order = sorted(range(len(shares)), key=lambda place: -shares[place])
        names = [found.label_names[place] for place in order]
        short = relation_names()
        predictions(
            [
                Panel(
                    title="",
                    words=[short.get(name, name) for name in names],
                    probabilities=[min(1.0, shares[place]) for place in order],
                )
            ],
            key=f"tasks_relation_{PARAMETERS[way]}",
            label=_("Probability of each label"),
            of="labels",
        )


def _short(text: str) -> str:
    return text if len(text) <= _SIGNS else f"{text[:_SIGNS]}…"


def _candidates(_look: Look, way: Way) -> Mapping[str, str]:
    models = resources.available_models()
    if way == "built-in":
        return encoder_candidates(models, is_of_kind)
    if way == "prompted":
        return {name: title for name, title in models.items() if is_of_kind(name, "causal")}
    made = run_models()
    return {
        name: title
        for name, title in models.items()
        if name in made and made[name].data_kind == "pair"
    }


def _links(look: Look, way: Way, answer: Answer) -> None:
    """The text in the model that answered, and what a language model was asked."""
    if way == "prompted":
        second = answer.best if isinstance(answer, RankAnswer) else look.second
        asked = prompt_of(look.task, look.text, second)
        model_id = look.model(way)
        prompt = of_model(model_id, ("asked", asked), lambda model: whole_prompt(model, asked))
        st.page_link(
            page_path("generation"),
            label=_("Step through it"),
            icon=":material/timeline:",
            query_params=stepping_link(model_id, prompt) | {"temperature": "0"},
        )
    if way == "built-in":
        st.page_link(
            page_path("attention"),
            label=_("Attention of this text"),
            icon=":material/grid_view:",
            query_params={"model": look.model(way), "text": look.text},
        )
