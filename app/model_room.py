"""What the Models page draws: rows of models, memory, and the teacher's door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st
from babel import Locale

from app import fetches, resources
from app.frame import as_plain, show_error
from app.identity import give_teacher_key, is_teacher, needs_key, require_teacher
from app.run_models import kind_words, run_models
from core import catalogue
from core.catalogue import ModelEntry
from core.device import choose_device, human_size, memory_report
from core.errors import HeadlightError
from core.language import _, current_language
from core.storage import folder_bytes
from core.tuning.kept import KeptModel, is_run_name

NAME_KEY: Final = "models.name"
OPENED_KEY: Final = "models.opened"
KEY_KEY: Final = "models.teacher_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """One line of the table."""

    id: str
    title: str
    about: str
    kind: str
    languages: str
    licence: str
    size: str
    fetched: bool


def here() -> list[ModelRow]:
    """The models on this server, and the built-in ones that are not."""
    listed = [
        _row(entry) for entry in catalogue.models() if entry.built_in or catalogue.is_fetched(entry)
    ]
    known = {row.id for row in listed}
    named = [name for name in resources.records().known_models() if name not in known]
    return [
        *listed,
        *map(_row_of_name, named),
        *(_row_of_run(kept) for kept in run_models().values()),
    ]


def elsewhere() -> list[ModelRow]:
    """The hub models of the catalogue that are not on this server."""
    return [
        _row(entry)
        for entry in catalogue.models()
        if not entry.built_in and not catalogue.is_fetched(entry)
    ]


def draw_memory() -> None:
    """The device and its memory, what is loaded, and how much of the models' share it takes."""
    report = memory_report(choose_device())
    loaded = resources.pool().loaded()
    titles = resources.available_models()
    names = ", ".join(titles.get(model.id, model.id) for model in loaded)
    text = _(
        "{device}: {free} of {total} of memory are free. Loaded: {names}; this takes {taken} of "
        "the {limit} that models may take."
    ).format(
        device=report.name,
        free=human_size(report.free),
        total=human_size(report.total),
        names=as_plain(names) or _("no model"),
        taken=human_size(sum(model.nbytes for model in loaded)),
        limit=human_size(resources.pool().limit_bytes),
    )
    st.markdown(f":small[{text}]")


def draw_models(rows: list[ModelRow], *, may_change: bool) -> None:
    """One line for each model, with what may be done to it and how its fetch goes."""
    loaded = {model.id for model in resources.pool().loaded()}
    for row in rows:
        with st.container(border=True):
            text, action = st.columns([8, 2], vertical_alignment="center")
            text.markdown(_line(row, loaded=row.id in loaded), width=680)
            with action:
                _draw_action(row, loaded=row.id in loaded, may_change=may_change)
            fetches.draw_fetch(row.id, may_stop=may_change)


def typed_name() -> str:
    """The name in the box for another model."""
    return str(st.session_state.get(NAME_KEY, "")).strip()


def draw_teacher() -> None:
    """The teacher's part: a model by name, or the door to it."""
    st.header(_("Another model"), anchor=False)
    if is_teacher():
        _draw_open_another()
    elif needs_key():
        _draw_door()
    else:
        st.caption(_("Models are fetched and loaded from a browser on the server's own machine."))


def _line(row: ModelRow, *, loaded: bool) -> str:
    """Title, what the model is, and its kind, languages, licence, size and state in one line."""
    fetched = _("fetched") if row.kind else ""  # a folder was never fetched
    if is_run_name(row.id):
        fetched = _("trained here")
    state = _("loaded") if loaded else fetched if row.fetched else _("not fetched")
    facts = [kind_words()[row.kind], row.languages, row.licence, row.size, state]
    lines = [f"**{as_plain(row.title)}**", as_plain(row.about)]
    lines.append(f":small[{' · '.join(as_plain(fact) for fact in facts if fact)}]")
    return "  \n".join(line for line in lines if line)


def _draw_action(row: ModelRow, *, loaded: bool, may_change: bool) -> None:
    if fetches.is_running(row.id):
        return
    if not row.fetched:
        _action(_("Fetch"), row, "fetch", fetches.start, may_change)
    elif loaded:
        _action(_("Unload"), row, "unload", _unload, may_change)
    else:
        _action(_("Load"), row, "load", _load, may_change)
        if not row.kind:  # opened by name, not of the catalogue
            _action(_("Forget"), row, "forget", _forget, may_change)


def _action(
    label: str, row: ModelRow, verb: str, act: Callable[[str], None], may_change: bool
) -> None:
    if st.button(
        label,
        key=f"models_{verb}_{row.id}",
        width="stretch",
        disabled=not may_change,
    ):
        try:
            require_teacher()
            with st.spinner(_("{what} {model}").format(what=label, model=as_plain(row.title))):
                act(row.id)
        except HeadlightError as error:
            show_error(error)
        else:
            st.rerun()


def _unload(model_id: str) -> None:
    resources.pool().unload(model_id)
    resources.forget(model_id)


def _load(model_id: str) -> None:
    with resources.pool().lease(model_id):
        pass


def _forget(model_id: str) -> None:
    resources.records().forget_model(model_id)
    resources.forget(model_id)


def _draw_open_another() -> None:
    with st.form("models_open_form", border=False):
        st.text_input(
            _("Hub name or folder"),
            key=NAME_KEY,
            placeholder="owner/name",
            help=_("A folder on the server, or a model of the hub. Only safetensors are opened."),
        )
        asked = st.form_submit_button(_("Open"), key="models_open", type="primary")
    name = typed_name()
    if asked:
        try:
            require_teacher()
            _open(name)
        except HeadlightError as error:
            show_error(error)
        else:
            st.rerun()
    if name not in {row.id for row in (*here(), *elsewhere())}:
        fetches.draw_fetch(name, may_stop=True)
    opened = st.session_state.pop(OPENED_KEY, None)
    if opened is not None:
        st.success(
            _("{model} is loaded; choose it on the pages Tokens and Attention.").format(
                model=as_plain(opened)
            )
        )


def _open(name: str) -> None:
    if catalogue.is_local(name):
        with st.spinner(_("Loading {model}").format(model=as_plain(name))):
            _load(name)
        resources.records().remember_model(name)
        st.session_state[OPENED_KEY] = name
    else:
        fetches.start(name)


def _draw_door() -> None:
    with st.form("models_door", border=False):
        key = st.text_input(_("Teacher key"), type="password", key=KEY_KEY)
        if st.form_submit_button(_("Open the teacher's part")):
            try:
                right = give_teacher_key(key)
            except HeadlightError as error:
                show_error(error)
                return
            if right:
                st.rerun()
            st.error(_("That is not the key this server was started with."))


def _row(entry: ModelEntry) -> ModelRow:
    fetched = catalogue.is_fetched(entry)
    return ModelRow(
        id=entry.id,
        title=entry.title,
        about=entry.about,
        kind=entry.kind,
        languages=", ".join(map(_language_name, entry.languages)),
        licence=entry.licence,
        size=_size(entry, fetched=fetched),
        fetched=fetched,
    )


def _language_name(code: str) -> str:
    return str(Locale.parse(current_language()).languages.get(code, code))


def _size(entry: ModelEntry, *, fetched: bool) -> str:
    text = human_size(entry.disk if fetched else entry.size)
    return text if entry.size_measured else _("about {size}").format(size=text)


def _row_of_run(kept: KeptModel) -> ModelRow:
    base = kept.base.rpartition("/")[2]  # of a folder its name alone
    return ModelRow(
        id=kept.name,
        title=kept.record.name,
        about=_("The model of a run on {base}.").format(base=base) if base else "",
        kind=kept.kind,
        languages="",
        licence="",
        size=human_size(folder_bytes(kept.folder)),
        fetched=True,
    )


def _row_of_name(name: str) -> ModelRow:
    return ModelRow(
        id=name, title=name, about="", kind="", languages="", licence="", size="", fetched=True
    )
