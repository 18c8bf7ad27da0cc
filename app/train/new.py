"""The room "New run": data, model and method, what the run will take, and Start."""

from __future__ import annotations

import re

import streamlit as st

from app import resources, walk
from app.frame import as_plain, framed, show_error
from app.train.new_data import show_preview, show_report
from app.train.new_model import method_names, pick_method, pick_model
from app.train.new_settings import NAME, choose_settings
from app.train.new_source import Origin, choose_origin, choose_source
from app.train.new_start import show_estimate, start_button
from core.catalogue import find_model
from core.errors import HeadlightError
from core.language import _
from core.tuning.finetune import Method, RunSpec
from core.tuning.labelled import DataSource, Preview
from core.tuning.runs.store import NAME_LIMIT


@framed
def show_new() -> None:
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
        start_button(usable, _typed_name() or run_name(origin, model, method))


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
            return choose_settings(model, source, method)
        except HeadlightError as error:
            refused = error
    show_error(refused)
    return None


def run_name(origin: Origin, model: str, method: Method) -> str:
    """What a run is called without a name of its own: what it is made of."""
    entry = find_model(model)
    title = entry.title if entry else model
    made = " · ".join((origin.title, title, method_names()[method]))
    printable = "".join(sign for sign in made if sign.isprintable())
    return re.sub(r"[/\\]", "-", printable)[:NAME_LIMIT].strip()


def _typed_name() -> str:
    return str(st.session_state.get(NAME) or "").strip()
