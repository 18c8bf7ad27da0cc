"""The room Classification: the probability of each label, three ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import streamlit as st

from app import resources
from app.frame import as_plain
from app.other_models import is_of_kind
from app.run_models import run_models
from app.tasks.links import answer_links
from app.tasks.look import PARAMETERS, Look
from app.tasks.take_away import show_take_away
from app.tasks.ways import show_ways
from components.views.predictions import Panel, predictions
from core.language import _
from core.tasks import Answer, Label, Way
from core.tasks.classification import ClassAnswer, labels_of

_SHOWN = 8


def show(look: Look) -> None:
    """The label bars of each way, then many texts at once."""
    hows: dict[Way, str] = {
        "built-in": _("the label whose description is most like the text"),
        "prompted": _("the label whose word the model expects after the text"),
        "tuned": _("a head that learnt the labels from examples"),
    }
    show_ways(look, hows, _draw, candidates=_candidates, links=answer_links)
    show_take_away(look)


def _draw(look: Look, way: Way, answer: Answer) -> None:
    found = cast("ClassAnswer", answer)
    shares = found.probabilities
    if shares is None:
        return
    titles = {label.name: label.title for label in _labels(look)}
    order = np.argsort(-shares, kind="stable")[:_SHOWN].tolist()
    st.markdown(f"### {as_plain(titles.get(found.label, found.label))}")
    panel = Panel(
        title="",
        words=[titles.get(found.label_names[place], found.label_names[place]) for place in order],
        probabilities=[min(1.0, float(shares[place])) for place in order],
    )
    predictions(
        [panel],
        key=f"tasks_bars_{PARAMETERS[way]}",
        label=_("Probability of each label"),
        of="labels",
    )


def _labels(look: Look) -> tuple[Label, ...]:
    return labels_of(look.task, look.second)


def _candidates(_look: Look, way: Way) -> Mapping[str, str]:
    models = resources.available_models()
    if way == "tuned":
        made = run_models()
        return {
            name: title
            for name, title in models.items()
            if name in made and made[name].data_kind == "classification"
        }
    kinds = ("encoder", "masked") if way == "built-in" else ("causal",)
    return {
        name: title
        for name, title in models.items()
        if any(is_of_kind(name, kind) for kind in kinds)
    }
