"""The rows that a prompt is about: a dataset, an upload, a pasted table, or our own sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from app import fetches
from app.frame import as_plain, show_error
from app.prompts.defaults import DEFAULTS
from app.prompts.state import PROMPTS
from app.walk import move, problem
from components.controls import choose_model
from core import catalogue
from core.cache import ByteCache
from core.errors import InputError
from core.language import _, current_language
from core.tuning.labelled.uploads import SIZE_LIMIT, TYPES, store_upload

if TYPE_CHECKING:
    from app.prompts.look import Look
    from core.prompts import PromptTable

DATASET: Final = PROMPTS.key("dataset")
FILE: Final = PROMPTS.key("file")
LABEL: Final = PROMPTS.key("label")
UPLOAD: Final = "prompts._upload"
PASTED: Final = "prompts._pasted"
_MB: Final = 1_000_000
_tables: Final[ByteCache[PromptTable]] = ByteCache(256 * _MB, lambda table: table.nbytes)
"""The tables of all sessions; a larger one is read again each time."""


def choose_table() -> None:
    """A dataset by its title, or a file of one's own."""
    titles = {
        entry.id: entry.title
        for entry in catalogue.datasets()
        if entry.audience == "users" and entry.task == "classification"
    }
    choose_model(_("Data"), titles, key=DATASET, none=_("a table of your own"), on_change=_leave)


def show_own_table() -> None:
    """Upload or paste a table, where no dataset is chosen."""
    if st.session_state[DATASET]:
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.file_uploader(
            _("A table: CSV, TSV, JSONL, Parquet or TXT, at most {size} MB").format(
                size=SIZE_LIMIT // _MB
            ),
            type=list(TYPES),
            key=UPLOAD,
            max_upload_size=SIZE_LIMIT // _MB,
            on_change=_keep_upload,
        )
    with right:
        st.text_area(
            _("Or paste one; its first line names the columns"),
            key=PASTED,
            height=120,
            placeholder="text,label\nA warm film,positive",
            on_change=_keep_pasted,
        )
    if said := problem():
        st.error(as_plain(said))


def choose_label(table: PromptTable) -> None:
    """The column of the labels."""
    columns = {name: name for name in table.columns}
    none = _("as found: {column}").format(column=table.label) if table.label else _("none found")
    choose_model(_("Column of the labels"), columns, key=LABEL, none=none)


def table_of(dataset: str, file: str, label: str) -> PromptTable:
    """The rows of a dataset or of an upload, read once for all sessions.

    Sentences of our own stand in for what was not chosen or not fetched. Raises InputError for what
    cannot be read.
    """
    from core.prompts import read_table

    there = bool(file and not dataset) or is_there(dataset)
    key = ("prompt-table", dataset, file if not dataset else "", label, there, _language(dataset))

    def read() -> PromptTable:
        if not there:
            return own_rows(dataset)
        given = {"dataset": dataset} if dataset else {"file": file}
        return read_table(**given, label=label or None)

    return _tables.get(key, read)


def settled_table(look: Look) -> PromptTable:
    """The rows of ``look``; a column of labels that they lack gives way to the obvious one."""
    try:
        return look.table()
    except InputError as error:
        if not st.session_state[LABEL]:
            raise
        show_error(error)
        st.session_state[LABEL] = ""
        return look.changed(label="").table()


def is_there(dataset: str) -> bool:
    """Whether a dataset was fetched; one that does not exist is, so that reading says so."""
    if not dataset:
        return False
    entry = catalogue.find_dataset(dataset)
    return entry is None or catalogue.is_fetched(entry)


def own_rows(dataset: str) -> PromptTable:
    """Headlight's own sentences, in the language of the dataset that they stand in for."""
    from core.prompts import PromptTable

    rows = DEFAULTS[_language(dataset)].rows
    return PromptTable(
        name=_("Headlight's own sentences"),
        columns=("text", "label"),
        label="label",
        labels=("negative", "positive"),
        rows=tuple({"text": text, "label": label} for text, label in rows),
        numbers=tuple(range(1, len(rows) + 1)),
    )


def rows_title(look: Look, table: PromptTable) -> str:
    """What a run calls the rows that it reads: a dataset that is not here yet, it fetches."""
    return dataset_title(look.dataset) if look.dataset else table.name


def dataset_title(name: str) -> str:
    """What the catalogue calls a dataset; its name where it is none of the catalogue's."""
    entry = catalogue.find_dataset(name)
    return str(entry.title) if entry else name


def offer_dataset(dataset: str, table: PromptTable | None) -> None:
    """Say that sentences of our own are shown, with a way to fetch what was chosen; where no
    ``table`` is shown, that a run fetches it."""
    if not dataset or is_there(dataset):
        return
    title = dataset_title(dataset)
    said, button = st.columns([8, 4], vertical_alignment="center")
    if table is None:
        told = _("{title} is not on this server yet: a run fetches it before it begins.").format(
            title=title
        )
    else:
        told = _(
            "{title} is not on this server yet: {count} sentences of Headlight's own stand in."
        ).format(title=title, count=len(table))
    said.info(as_plain(told))
    button.button(
        _("Fetch {title}").format(title=title),
        key="prompts_fetch",
        icon=":material/download:",
        on_click=fetches.start,
        args=(dataset,),
        width="stretch",
    )
    fetches.draw_fetch(dataset, may_stop=True)


def _language(dataset: str) -> str:
    if not dataset:
        return current_language()
    entry = catalogue.find_dataset(dataset)
    return "zh" if entry is not None and "zh" in entry.languages else "en"


def _leave() -> None:
    st.session_state[LABEL] = ""


@move
def _keep_upload() -> None:
    uploaded = st.session_state.get(UPLOAD)
    if uploaded is not None:
        st.session_state[FILE] = store_upload(uploaded.name, uploaded)
        st.session_state[LABEL] = ""


@move
def _keep_pasted() -> None:
    from core.prompts import store_pasted

    text = str(st.session_state.get(PASTED) or "")
    if text.strip():
        st.session_state[FILE] = store_pasted(text)
        st.session_state[LABEL] = ""
