"""The room Tagging: the text coloured by tag, three ways, and the chances of one word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import numpy as np
import streamlit as st

from app import resources
from app.frame import as_plain
from app.other_models import is_of_kind
from app.run_models import run_models
from app.tasks.links import answer_links
from app.tasks.look import PARAMETERS, Look, known
from app.tasks.state import TASKS
from app.tasks.take_away import show_take_away
from app.tasks.ways import show_ways, way_titles
from components.views.predictions import Panel, predictions
from components.views.token_strip import Chip, token_strip
from core.language import _
from core.tasks import WAYS, Answer, Way
from core.tasks.tagging import TagAnswer

WORD: Final = TASKS.key("word")
_SHOWN: Final = 5
_COLOURS: Final = 6
"""As many as the theme has for series; what two tags share is told apart by their names."""
_NO_TAG: Final = ("O", ".", "X", "")


def show(look: Look) -> None:
    """The tagged text of each way, the word that is chosen, then many texts at once."""
    hows: dict[Way, str] = {
        "built-in": _("the tag whose words' vectors are most alike"),
        "prompted": _("the tag that the model names when it is asked for each word"),
        "tuned": _("a head that learnt the tags from sentences"),
    }
    show_ways(look, hows, _draw, candidates=_candidates, links=answer_links)
    _show_word(look)
    show_take_away(look)


def _draw(_look: Look, way: Way, answer: Answer) -> None:
    found = cast("TagAnswer", answer)
    chosen = _chosen(found)

    def choose(place: int) -> None:
        st.session_state[WORD] = place

    token_strip(
        chips(found),
        key=f"tasks_tags_{PARAMETERS[way]}",
        label=_("The text, word by word, with its tags"),
        selected=chosen,
        on_select=choose,
        compact=True,
        words=True,
        hint=_("Point at a word to read its tags; click to compare the ways"),
    )
    if found.spans:
        listed = " · ".join(
            f"**{as_plain(span.text)}** {span.kind} {span.probability:.3f}" for span in found.spans
        )
        st.markdown(listed)


def chips(found: TagAnswer) -> list[Chip]:
    """A chip for each word: its tag as a word and as a colour, its chances on hover."""
    coloured = [name for name in _kinds(found.label_names) if name not in _NO_TAG]
    made = []
    for place, (word, tag) in enumerate(zip(found.words, found.tags, strict=True)):
        kind = tag.rpartition("-")[2] if tag != "." else tag
        made.append(
            Chip(
                text=word.text,
                piece=word.text,
                id=place,
                tag="" if kind in ("O", ".") else kind or "?",
                colour=coloured.index(kind) % _COLOURS if kind in coloured else None,
                details=tuple(_best(found, place)),
            )
        )
    return made


def _kinds(names: tuple[str, ...]) -> list[str]:
    """The tags without where a span begins."""
    return list(dict.fromkeys(name.rpartition("-")[2] for name in names))


def _best(found: TagAnswer, place: int) -> list[tuple[str, str]]:
    if found.probabilities is None or not found.tags[place]:
        return [("", _("not read"))]
    row = found.probabilities[place]
    best = np.argsort(-row, kind="stable")[:3].tolist()
    return [(found.label_names[label], f"{row[label]:.3f}") for label in best]


def _chosen(found: TagAnswer) -> int | None:
    place = int(st.session_state.get(WORD, 0))
    return place if place < len(found.words) else None


def _show_word(look: Look) -> None:
    """The likeliest tags of the chosen word in each way, side by side."""
    panels: list[Panel] = []
    said = ""
    titles = {label.name: label.title for label in look.task.labels}
    for way in WAYS:
        found = known(look, way)
        answer = cast("TagAnswer", found.answers[0]) if found is not None else None
        if answer is None or answer.probabilities is None:
            continue
        place = _chosen(answer)
        if place is None or not answer.tags[place]:
            continue
        said = answer.words[place].text
        row = answer.probabilities[place]
        best = np.argsort(-row, kind="stable")[:_SHOWN].tolist()
        panels.append(
            Panel(
                title=way_titles()[way],
                words=[titles.get(answer.label_names[n], answer.label_names[n]) for n in best],
                probabilities=[min(1.0, float(row[n])) for n in best],
            )
        )
    if not panels:
        return
    heading = _("The word “{word}”").format(word=as_plain(said))
    st.markdown(f"**{heading}**")
    predictions(
        panels, key="tasks_word", label=_("Probability of each tag of one word"), of="labels"
    )


def _candidates(_look: Look, way: Way) -> Mapping[str, str]:
    models = resources.available_models()
    if way == "tuned":
        made = run_models()
        return {
            name: title
            for name, title in models.items()
            if name in made and made[name].data_kind == "tagging"
        }
    if way == "built-in":
        return {}  # of others there are no mean vectors
    return {name: title for name, title in models.items() if is_of_kind(name, "causal")}
