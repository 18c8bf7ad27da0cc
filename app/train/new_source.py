"""Where the examples of a new run come from: a dataset, or an upload, and how its rows are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

import streamlit as st

from app.frame import as_plain
from app.train.state import TRAIN
from app.walk import move
from components.controls import choose_model
from core import catalogue
from core.language import _
from core.text_files import shown_name
from core.tuning.labelled import SIZE_LIMIT, TYPES, DataSource, Kind, Preview, store_upload

UPLOAD: Final = "train.new.upload"
KEPT: Final = "train.new.file"
TITLE: Final = "train.new.file_title"
DATASET_ROWS: Final = 3_000
DATASET_SHARE: Final = 1 / 3
"""Of a dataset 2,000 rows are learnt from and 1,000 held out, so that a run takes minutes."""
FILE_SHARE: Final = 0.2
_MB: Final = 1_000_000
_TASK_KINDS: Final[dict[str, Kind]] = {
    "classification": "classification",
    "tagging": "tagging",
    "text": "causal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A dataset of the catalogue or a stored upload; the other is empty."""

    title: str
    dataset: str = ""
    file: str = ""

    def key(self, name: str) -> str:
        """The session key of a setting that belongs to this origin."""
        return f"train.new.{self.dataset or self.file}.{name}"

    @property
    def kind(self) -> Kind | None:
        """What a dataset is for; None of a file, which has to be looked at."""
        entry = catalogue.find_dataset(self.dataset)
        return None if entry is None else _TASK_KINDS[entry.task]


def choose_origin() -> Origin | None:
    """A dataset by its title, or a file; None where there is no file yet."""
    titles = {entry.id: entry.title for entry in catalogue.datasets() if entry.audience == "users"}
    dataset = choose_model(
        _("Data"), titles, key=TRAIN.key("dataset"), none=_("a file of your own")
    )
    if dataset:
        return Origin(title=titles.get(dataset, dataset), dataset=dataset)
    return choose_file()


def choose_file() -> Origin | None:
    """A file that is uploaded here, or was; None where there is none yet."""
    st.file_uploader(
        _("A table or a text: CSV, TSV, JSONL, Parquet or TXT, at most {size} MB").format(
            size=SIZE_LIMIT // _MB
        ),
        type=list(TYPES),
        key=UPLOAD,
        max_upload_size=SIZE_LIMIT // _MB,
        on_change=keep_upload,
    )
    kept = str(st.session_state.get(KEPT, ""))
    title = str(st.session_state.get(TITLE, kept))
    if kept and st.session_state.get(UPLOAD) is None:  # it was left and come back to
        said = _("{name} is still used.").format(name=title)
        st.markdown(f":small[{as_plain(said)}]")
    return Origin(title=title, file=kept) if kept else None


@move
def keep_upload() -> None:
    """Keep the file that was uploaded; forget it where it was taken away."""
    st.session_state[KEPT] = ""
    uploaded = st.session_state.get(UPLOAD)
    if uploaded is not None:
        st.session_state[KEPT] = store_upload(uploaded.name, uploaded)
        st.session_state[TITLE] = shown_name(uploaded.name)


def choose_source(origin: Origin, found: Preview | None) -> DataSource:
    """How the rows are read: their kind, the columns, how many, and how many are held out.

    ``found`` is None while the rows are not known. Raises InputError for what cannot be.
    """
    guessed = origin.kind or (found.kind if found else "classification")
    kind = _choose_kind(origin, guessed)
    columns = {
        role: _choose_column(origin, role, label, found, kind)
        for role, label in role_names(kind).items()
    }
    limit = _number(
        origin,
        "rows",
        DATASET_ROWS if origin.dataset else 0,
        _("Rows"),
        _("So many rows are taken at most, drawn with the share of each label kept; 0 takes all."),
    )
    share = _number(
        origin,
        "share",
        DATASET_SHARE if origin.dataset else FILE_SHARE,
        _("Share held out"),
        _("This share of the rows is not learnt from: the model is checked on them."),
    )
    return DataSource(
        kind=kind,
        dataset=origin.dataset,
        file=origin.file,
        limit=int(limit),
        text=columns.get("text", ""),
        second=columns.get("second", ""),
        label=columns.get("label", ""),
        validation=share,
    )


def kind_names() -> dict[Kind, str]:
    """What can be learnt, in words."""
    return {
        "classification": _("a label for each text"),
        "pair": _("a label for each pair of texts"),
        "tagging": _("a tag for each word"),
        "causal": _("to go on writing such texts"),
        "completion": _("to answer prompts"),
        "masked": _("to fill in masked words"),
    }


def role_names(kind: Kind) -> dict[str, str]:
    """The columns that ``kind`` needs: the name in ``DataSource`` → what people call it."""
    if kind == "tagging":
        return {"text": _("Column of the words"), "label": _("Column of the tags")}
    if kind == "completion":
        return {"text": _("Column of the prompts"), "second": _("Column of the completions")}
    roles = {"text": _("Column of the texts")}
    if kind == "pair":
        roles["second"] = _("Column of the second texts")
    if kind in ("classification", "pair"):
        roles["label"] = _("Column of the labels")
    return roles


def _choose_kind(origin: Origin, guessed: Kind) -> Kind:
    key = origin.key("kind")
    if st.session_state.get(key) not in get_args(Kind):
        st.session_state[key] = guessed
    names = kind_names()
    kind: Kind = st.selectbox(
        _("What is learnt"),
        list(names),
        format_func=names.__getitem__,
        key=key,
        persist_state="session",
    )
    return kind


def _choose_column(origin: Origin, role: str, label: str, found: Preview | None, kind: Kind) -> str:
    """A column of the source, or "" for the one that is obvious."""
    guessed = str(getattr(found.guessed, role)) if found and found.kind == kind else ""
    none = _("as found: {column}").format(column=guessed) if guessed else _("as found")
    columns = {name: name for name in found.columns if name} if found else {}
    return choose_model(label, columns, key=origin.key(role), none=none)


def _number(origin: Origin, name: str, default: float, label: str, said: str) -> float:
    """A number of any size: what cannot be is said by whom it is handed to."""
    key = origin.key(name)
    st.session_state.setdefault(key, default)
    whole = isinstance(default, int)
    return float(
        st.number_input(
            label,
            step=500 if whole else 0.05,
            format="%d" if whole else "%.2f",
            key=key,
            help=said,
            persist_state="session",
        )
    )
