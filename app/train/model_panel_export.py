"""A run's model as a zip to take along, made in the background and kept with the run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st

from app.frame import as_plain
from app.waiting import waited
from components.controls import choose_view
from core.device import human_size
from core.errors import InputError, TooLargeError
from core.jobs import Progress, Stop
from core.language import _
from core.storage import folder_bytes
from core.tuning.exporting import Form, export_model, file_name, forms_of
from core.tuning.kept import KeptModel

EXPORTS: Final = "exports"
MOST_BYTES: Final = 2 * 2**30
"""Larger models are not sent through the browser."""
_WANTED: Final = "train._wanted_export"


def show_export(kept: KeptModel) -> None:
    """The forms of the model, and its zip once it is there."""
    heading, same = _("Take it along"), _("The same on the server:")
    st.markdown(f"**{heading}**")
    forms = forms_of(kept)
    names = {
        "transformers": _("whole model, for transformers"),
        "peft": _("adapter alone, for PEFT"),
    }
    form: Form = forms[0]
    if len(forms) > 1:
        shown = {each: names[each] for each in forms}
        form = choose_view(_("Form"), shown, key=f"train_form_{kept.record.id}")
    path = kept.record.folder / EXPORTS / f"{file_name(kept)}-{form}.zip"
    wanted = f"{kept.name} {form}"
    if path.is_file():
        _show_download(path)
    elif st.session_state.get(_WANTED) == wanted:
        made = waited(
            (kept.name, "export", form),
            "train_export_job",
            _("Putting the model into a zip"),
            partial(_make, kept, path, form),
        )
        if made is not None and path.is_file():
            _show_download(path)
    else:
        st.button(
            _("Make a zip: {form}").format(form=names[form]),
            key="train_export_make",
            icon=":material/folder_zip:",
            on_click=_want,
            args=(wanted,),
        )
    step = "" if kept.step is None else f"@{kept.step}"
    command = f"python -m core.tuning.exporting {kept.record.id}{step} FOLDER --form {form}"
    st.markdown(f":small[{as_plain(same)}] `{command}`")


def _want(wanted: str) -> None:
    st.session_state[_WANTED] = wanted


def _make(kept: KeptModel, path: Path, form: Form, progress: Progress, stop: Stop) -> Path:
    del stop  # a copy of seconds
    size = folder_bytes(kept.folder)
    if size > MOST_BYTES:
        raise TooLargeError(
            _("The model has {size}, the limit of a download is {limit}: use the command.").format(
                size=human_size(size), limit=human_size(MOST_BYTES)
            )
        )
    progress(0, 1)
    try:
        return export_model(kept, path, form)
    except InputError:
        if path.is_file():  # somebody else made it meanwhile
            return path
        raise


def _show_download(path: Path) -> None:
    with path.open("rb") as file:
        st.download_button(
            _("Download the zip, {size}").format(size=human_size(path.stat().st_size)),
            data=file,
            file_name=path.name,
            mime="application/zip",
            key="train_export_zip",
            icon=":material/download:",
            on_click="ignore",
        )
