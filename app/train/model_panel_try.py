"""A text through the network of a run before its first step, and through the one it made."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from app import resources
from app.frame import as_plain
from app.waiting import waited
from components.controls import text_input
from components.views.predictions import Panel, predictions
from core.jobs import Progress, Stop
from core.language import _
from core.tuning.kept import KeptModel, run_name
from core.tuning.predicting import FloatArray, Prediction, predict

TEXT: Final = "train.try_text"
SECOND: Final = "train.try_second"
_COLOURS: Final = ("blue", "orange", "green", "violet", "red", "yellow")
_SHOWN: Final = 8
"""How many labels are shown of each network, the most probable first."""


def show_try(kept: KeptModel) -> None:
    """Two boxes at most, and what both networks say."""
    heading = _("Before and after on a text of yours")
    st.markdown(f"**{heading}**")
    text = text_input(_("Text"), key=TEXT)
    second = text_input(_("Second text"), key=SECOND) if kept.data_kind == "pair" else ""
    if not text.strip() or (kept.data_kind == "pair" and not second.strip()):
        said = _("Type a text: both networks answer at once.")
        st.markdown(f":small[{as_plain(said)}]")
        return
    before = _asked(run_name(kept.record.id, 0), text, second, "before")
    after = _asked(kept.name, text, second, "after")
    if before is None or after is None:
        return
    if kept.data_kind == "tagging":
        _show_tags(before, after)
    else:
        _show_bars(before, after)


def _asked(name: str, text: str, second: str, place: str) -> Prediction | None:
    """What the model ``name`` says; None while it is loaded and asked, and where that failed."""
    key = (name, "predicted", text, second)
    said = (
        _("Loading the network before its first step")
        if place == "before"
        else _("Loading the network of the run")
    )
    job = waited(
        key, f"train_try_{place}", said, partial(_predict, name, text, (second,) if second else ())
    )
    return None if job is None else job.value


def _predict(
    name: str, text: str, seconds: Sequence[str], progress: Progress, stop: Stop
) -> Prediction:
    del stop
    progress(0, 1)
    with resources.pool().lease(resources.require_known(name)) as model:
        return predict(model, (text,), seconds, progress=progress)[0]


def _show_bars(before: Prediction, after: Prediction) -> None:
    order = np.argsort(-after.probabilities[0], kind="stable")[:_SHOWN].tolist()
    panels = [
        Panel(
            title=title,
            words=[found.label_names[place] for place in order],
            probabilities=[float(found.probabilities[0, place]) for place in order],
        )
        for title, found in (
            (_("Before its first step"), before),
            (_("After the run"), after),
        )
    ]
    predictions(panels, key="train_try_bars", label=_("Probability of each label"))
    if len(after.label_names) > _SHOWN:
        said = _("The {count} most probable of {all} labels after the run.").format(
            count=_SHOWN, all=len(after.label_names)
        )
        st.markdown(f":small[{as_plain(said)}]")


def _show_tags(before: Prediction, after: Prediction) -> None:
    """The words with their tags, each tag in a colour of its own and by its name."""
    for title, found in (
        (_("Before its first step"), before),
        (_("After the run"), after),
    ):
        st.markdown(f":small[{as_plain(title)}]")
        rows = zip(found.parts, found.labels, found.probabilities, strict=True)
        st.markdown(" ".join(_badge(found, *row) for row in rows))


def _badge(found: Prediction, word: str, tag: str, chances: FloatArray) -> str:
    """A word with its tag and the probability of that, as Markdown."""
    said = f"{tag} {np.max(chances):.2f}" if tag else _("cut off")
    return f":{_colour(found, tag)}-badge[{as_plain(word)} · {as_plain(said)}]"


def _colour(found: Prediction, tag: str) -> str:
    """The colour of a tag, the same before and after."""
    if tag not in found.label_names:
        return "gray"
    return _COLOURS[found.label_names.index(tag) % len(_COLOURS)]
