"""The room "New run", from nothing: texts, what is learnt, the size, what it takes, and Start."""

from __future__ import annotations

import streamlit as st

from app import walk
from app.frame import as_plain, framed, show_error
from app.train.new_answers import answered, refused
from app.train.new_corpus import choose_corpus, corpus_language, corpus_titles, show_corpus
from app.train.new_probes import with_probes
from app.train.new_settings import NAME
from app.train.new_shape import (
    choose_shape,
    objective_names,
    pick_objective,
    pick_size,
    size_names,
    usual_spec,
)
from app.train.new_source import Origin
from app.train.new_start import estimate_sentence, plain_name, start_button
from core.errors import HeadlightError
from core.language import _
from core.tuning.pretrain import Objective, PretrainSpec, Size
from core.tuning.pretrain.estimate import Expected, expect


@framed
def show_from_nothing() -> None:
    """Choices above; below them the first texts and what to expect."""
    texts, objectives, sizes = st.columns([4, 4, 4])
    actions = st.container(horizontal=True, vertical_alignment="center")
    expected = st.container()
    if problem := walk.problem():
        expected.error(as_plain(problem))
    with objectives:
        objective = pick_objective()
    with sizes:
        size = pick_size()
    with texts:
        origin = choose_corpus(objective)
    if origin is None:
        return
    found = show_corpus(origin, usual_spec(objective, origin, "en", size))
    usual = usual_spec(objective, origin, corpus_language(origin, found), size)
    with actions:
        button = st.container(width="content")
        spec = _spec(usual, size)
    with expected:
        usable = spec if found is not None and spec is not None and show_expected(spec) else None
    with button:
        start_button(usable, _typed_name() or nothing_name(origin, objective, size))


def show_expected(spec: PretrainSpec) -> bool:
    """About how long the run takes and what loss it begins with; False where it would fail."""
    key = ("pretrain", "estimate", spec.to_json())
    found = answered(
        key,
        "train_nothing_estimate",
        _("Taking two steps to tell how long the run takes"),
        lambda _progress: expect(spec),
    )
    if found is None:
        return not refused(key)
    st.markdown(as_plain(estimate_sentence(found.estimate)))
    st.markdown(f":small[{as_plain(expected_sentence(spec, found))}]")
    return True


def expected_sentence(spec: PretrainSpec, found: Expected) -> str:
    """The loss of a network that knows nothing yet."""
    if spec.objective == "masked":
        said = _(
            "It begins by guessing: a loss of ln V + ln 2 = {loss:.2f} for a vocabulary of V = "
            "{vocabulary:,} and two answers about the next sentence."
        )
    else:
        said = _(
            "It begins by guessing: a loss of ln V = {loss:.2f} for a vocabulary of V = "
            "{vocabulary:,}."
        )
    return said.format(loss=found.loss, vocabulary=found.vocabulary)


def nothing_name(origin: Origin, objective: Objective, size: Size) -> str:
    """What a run is called without a name of its own: what it is made of."""
    title = corpus_titles(objective).get(origin.dataset, origin.title)
    return plain_name(title, objective_names()[objective], size_names()[size])


def _spec(usual: PretrainSpec, size: Size) -> PretrainSpec | None:
    """The run with its settings; None where they cannot be so, and why is shown."""
    with st.popover(_("Settings"), icon=":material/tune:"):
        try:
            return with_probes(choose_shape(usual, size))
        except HeadlightError as error:
            refusal = error
    show_error(refusal)
    return None


def _typed_name() -> str:
    return str(st.session_state.get(NAME) or "").strip()
