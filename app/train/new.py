"""The room "New run", from a model: data, model and method, what it will take, and Start."""

from __future__ import annotations

import streamlit as st

from app import resources, walk
from app.frame import as_plain, framed, show_error
from app.train.new_data import show_preview, show_report
from app.train.new_model import method_names, pick_method, pick_model
from app.train.new_nothing import show_from_nothing
from app.train.new_probes import with_probes
from app.train.new_settings import NAME, choose_settings
from app.train.new_source import Origin, choose_origin, choose_source
from app.train.new_start import plain_name, show_estimate, start_button
from app.train.state import TRAIN
from components.controls import choose_view
from core.catalogue import find_model
from core.errors import HeadlightError
from core.language import _
from core.tuning.finetune import Method, RunSpec
from core.tuning.labelled import DataSource, Preview


@framed
def show_new() -> None:
    """What the run starts from, and then what belongs to that."""
    names = {"model": _("From a model"), "nothing": _("From nothing")}
    if choose_view(_("What the run starts from"), names, key=TRAIN.key("start")) == "nothing":
        show_from_nothing()
    else:
        show_from_model()


@framed
def show_from_model() -> None:
    """Choices above; below them the first rows and what was found in all of them."""
    data, models, methods = st.columns([4, 4, 4])
    actions = st.container(horizontal=True, vertical_alignment="center")
    expected = st.container()
    rows, found_out = st.columns([7, 5], gap="large")
    if refused := walk.problem():
        expected.error(as_plain(refused))
    with data:
        origin = choose_origin()
    if origin is None:
        return
    with rows:
        found = show_preview(origin)
    if found is None and origin.file:  # what a file holds is not known yet: nothing is guessed
        return
    with actions:
        button = st.container(width="content")
        source = _source(origin, found)
    if source is None:
        return
    with models:
        model = pick_model(source.kind)
    if not model:
        return
    with methods:
        method = pick_method(source.kind, model)
    with actions:
        spec = _spec(model, source, method)
    with found_out:
        ready = found is not None and show_report(source) is not None
    with expected:
        usable = spec if ready and spec is not None and show_estimate(spec) else None
    with button:
        start_button(usable, _typed_name() or run_name(origin.title, model, method))


def _source(origin: Origin, found: Preview | None) -> DataSource | None:
    """How the rows are read; None where they cannot be so, and why is shown."""
    with st.popover(_("Rows and columns"), icon=":material/table:"):
        try:
            return choose_source(origin, found)
        except HeadlightError as error:
            refused = error
    show_error(refused)
    return None


def _spec(model: str, source: DataSource, method: Method) -> RunSpec | None:
    """The run with its settings; None where they cannot be so, and why is shown."""
    with st.popover(_("Settings"), icon=":material/tune:"):
        try:
            resources.require_known(model)
            return with_probes(choose_settings(model, source, method))
        except HeadlightError as error:
            refused = error
    show_error(refused)
    return None


def run_name(data: str, model: str, method: Method) -> str:
    """What a run is called without a name of its own: what it is made of."""
    entry = find_model(model)
    return plain_name(data, entry.title if entry else model, method_names()[method])


def _typed_name() -> str:
    return str(st.session_state.get(NAME) or "").strip()
