"""What can be done with a run: stop, resume, name it, write about it, take it away, delete it."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.frame import as_plain
from app.identity import is_teacher
from app.train.runs_take_away import offer_run
from app.train.state import TRAIN
from app.train.store import mine, runs
from app.walk import move
from core.errors import NotAllowedError
from core.language import _
from core.tuning.kept import run_name
from core.tuning.runs import RunRecord, ensure_worker
from core.tuning.runs.store import NAME_LIMIT, NOTE_LIMIT


def show_controls(record: RunRecord) -> None:
    """The buttons of ``record``; those that change it work for its owner and the teacher."""
    locked = not _may_change(record)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if record.resumable:
            st.button(
                _("Resume"),
                key="train_resume",
                icon=":material/play_arrow:",
                type="primary",
                disabled=locked,
                on_click=resume,
                args=(record.id,),
            )
        elif record.state != "done":
            st.button(
                _("Stop"),
                key="train_stop",
                icon=":material/stop:",
                disabled=locked or record.stopping,
                on_click=stop,
                args=(record.id,),
            )
        with st.popover(_("Take away"), icon=":material/download:"):
            offer_run(record)
        with st.popover(_("Change"), icon=":material/edit:", disabled=locked):
            _show_naming(record)
            with st.expander(_("Delete"), icon=":material/delete:"):
                _show_deleting(record)


def _show_deleting(record: RunRecord) -> None:
    """What is lost, and the button that does it."""
    if record.state == "running":
        st.markdown(as_plain(_("It is running: stop it first.")))
        return
    st.markdown(as_plain(_("Its curves, its checkpoints and its model are gone for good.")))
    st.button(
        _("Delete this run"),
        key=f"train_delete_{record.id}",
        type="primary",
        on_click=delete,
        args=(record.id,),
    )


def _show_naming(record: RunRecord) -> None:
    name, note = _naming_keys(record.id)
    with st.form(f"train_naming_{record.id}", border=False):
        st.text_input(_("Name"), value=record.name, key=name, max_chars=NAME_LIMIT)
        st.text_area(_("Note"), value=record.note, key=note, max_chars=NOTE_LIMIT)
        st.form_submit_button(
            _("Save"), key=f"train_save_{record.id}", on_click=save, args=(record.id,)
        )


@move
def stop(run_id: str) -> None:
    """Ask the run to end; one that waits leaves the queue."""
    _require_change(run_id)
    runs().stop(run_id)


@move
def resume(run_id: str) -> None:
    """Queue the run again."""
    _require_change(run_id)
    runs().resume(run_id)
    ensure_worker(runs())


@move
def save(run_id: str) -> None:
    """Keep the name and the note that were typed."""
    _require_change(run_id)
    name, note = _naming_keys(run_id)
    runs().rename(run_id, str(st.session_state[name]))
    runs().set_note(run_id, str(st.session_state[note]))


@move
def delete(run_id: str) -> None:
    """Remove the run; the page shows the newest one then."""
    _require_change(run_id)
    runs().delete(run_id)
    resources.forget(run_name(run_id))
    st.session_state[TRAIN.key("run")] = ""


@move
def start_study(run_id: str) -> None:
    """Queue a study of how many labels the run of ``run_id`` needs."""
    from core.tuning.finetune import RunSpec
    from core.tuning.label_curve import LabelCurveSpec

    _require_change(run_id)
    record = runs().get(run_id)
    spec = LabelCurveSpec(base=RunSpec.from_json(record.spec), of=run_id)
    name = _("{name}: labels").format(name=record.name)[-NAME_LIMIT:]
    runs().submit(spec, owner=mine(), name=name)
    ensure_worker(runs())


def may_start_study(record: RunRecord) -> bool:
    """Whether this browser may: who started the run, or the teacher."""
    return _may_change(record)


def _naming_keys(run_id: str) -> tuple[str, str]:
    return f"train_name_{run_id}", f"train_note_{run_id}"


def _may_change(record: RunRecord) -> bool:
    return record.owner == mine() or is_teacher()


def _require_change(run_id: str) -> None:
    if not _may_change(runs().get(run_id)):
        raise NotAllowedError(_("Only who started this run, or the teacher, may do this."))
