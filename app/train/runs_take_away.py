"""What can be taken away of a run, and how a run is brought back from a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

import streamlit as st

from app import resources
from app.frame import as_plain
from app.identity import require_teacher
from app.train.state import TRAIN
from app.train.store import is_another_s_upload, mine, runs
from app.walk import move
from core.errors import InputError
from core.language import _, current_language, speaking
from core.tuning.runs import RunRecord, ensure_worker
from core.tuning.runs.events import event_file
from core.tuning.runs.exchange import export_json, export_script, import_json
from core.tuning.runs.kinds import find_kind

_UNSAFE: Final = re.compile(r"[^\w.-]+")
_MOST: Final = 1_000_000  # bytes of a file of settings
_UPLOAD: Final = "train_import_{count}"
_COUNT: Final = "train._imports"


def offer_run(record: RunRecord) -> None:
    """Buttons for the settings, the script, and the curves of ``record``.

    Settings name the table that somebody uploaded, and whoever knows the name can read it: those of
    another's run are not taken away then.
    """
    kind = find_kind(record.kind)
    private = is_another_s_upload(record)
    if private:
        said = _("It learnt from an uploaded table: only who started it takes its settings away.")
        st.markdown(f":small[{said}]")
    name = _UNSAFE.sub("-", record.name or record.id)[:60]
    _offer(
        _("Settings as JSON"),
        lambda: export_json(record),
        file=f"{name}.json",
        mime="application/json",
        key="train_export",
        disabled=private or kind.read is None,
    )
    _offer(
        _("Python script that repeats it"),
        lambda: export_script(record),
        file=f"{name}.py",
        mime="text/x-python",
        key="train_script",
        disabled=private or kind.calls is None,
    )
    begun = (record.started or record.created).timestamp()
    _offer(
        _("Curves for TensorBoard"),
        lambda: event_file(runs().metrics(record.id), started=begun),
        file=f"events.out.tfevents.{int(begun)}.{name}",
        mime="application/octet-stream",
        key="train_events",
        disabled=not record.step,
    )


def _offer(
    label: str,
    make: Callable[[], str | bytes],
    *,
    file: str,
    mime: str,
    key: str,
    disabled: bool = False,
) -> None:
    """A button for what ``make`` makes when it is clicked."""
    language = current_language()

    def made() -> str | bytes:
        with speaking(language):  # called in a thread that serves no session
            return make()

    st.download_button(
        label,
        data=made,
        file_name=file,
        mime=mime,
        key=key,
        icon=":material/download:",
        disabled=disabled,
        on_click="ignore",
        width="stretch",
    )


def show_import() -> None:
    """A run from a file that somebody took away."""
    count = int(st.session_state.setdefault(_COUNT, 0))
    key = _UPLOAD.format(count=count)
    st.file_uploader(_("A file that “Settings as JSON” saved"), type=["json"], key=key)
    st.button(
        _("Start it as a new run"),
        key="train_import_start",
        type="primary",
        disabled=st.session_state.get(key) is None,
        on_click=start_imported,
        args=(key,),
    )


def _check_allowed(spec: str) -> None:
    """Raise where a run of ``spec`` would open a model or fetch data that are not on this server.

    A file names any of them, as a link does; to open and to fetch is the teacher's.
    """
    values = json.loads(spec)
    for name in ("model", "proposer"):
        if values.get(name):
            resources.require_known(str(values[name]))
    source = values.get("source")
    if isinstance(source, dict) and source.get("hub"):
        require_teacher()


@move
def start_imported(key: str) -> None:
    """Queue the run of the file that was given; the page shows it."""
    given = st.session_state[key]
    if given.size > _MOST:
        raise InputError(
            _(
                "{name} has {size} bytes, the limit for settings is {limit}: is it the right file?"
            ).format(name=as_plain(given.name), size=given.size, limit=_MOST)
        )
    found = import_json(given.getvalue().decode("utf-8-sig", errors="replace"))
    _check_allowed(found.spec)
    run_id = runs().enqueue(found.kind, found.spec, owner=mine(), name=found.name)
    ensure_worker(runs())
    st.session_state[_COUNT] += 1  # the file has done its work
    st.session_state[TRAIN.key("run")] = run_id
