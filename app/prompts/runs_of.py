"""Runs that the Prompts page starts and follows: their buttons, and how they begin.

They are runs like those of the Train page: processes of their own, with a queue.
"""

from __future__ import annotations

import streamlit as st

from app import resources
from app.identity import is_teacher
from app.prompts.opening import ask_for_all
from app.train.new_start import plain_name
from app.train.store import mine, runs
from app.walk import move
from core.errors import NotAllowedError
from core.language import _
from core.tuning.runs import RunRecord, ensure_worker
from core.tuning.runs.kinds import Spec

ACTIVE = ("queued", "running")
TICK = 1.0


def runs_of_kind(kind: str) -> list[RunRecord]:
    """The runs of one kind, one's own first, of these the newest."""
    found = [record for record in runs().list() if record.kind == kind]
    return sorted(found, key=lambda record: record.owner != mine())


@move
def start_run(spec: Spec, name: str, model: str, key: str) -> None:
    """Queue the run, see that somebody works on it, and show it under the session key ``key``."""
    resources.require_known(model)
    run_id = runs().submit(spec, owner=mine(), name=plain_name(name))
    ensure_worker(runs())
    if key:
        st.session_state[key] = run_id


def show_buttons(record: RunRecord, name: str) -> None:
    """Stop, resume or delete the run; for its owner and the teacher."""
    locked = record.owner != mine() and not is_teacher()
    with st.container(horizontal=True, vertical_alignment="center"):
        if record.resumable:
            st.button(
                _("Resume"),
                key=f"{name}_resume",
                icon=":material/play_arrow:",
                disabled=locked,
                on_click=_resume,
                args=(record.id,),
            )
        elif record.state in ACTIVE:
            st.button(
                _("Stop"),
                key=f"{name}_stop",
                icon=":material/stop:",
                disabled=locked or record.stopping,
                on_click=_stop,
                args=(record.id,),
            )
        if record.state != "running":
            st.button(
                _("Delete"),
                key=f"{name}_delete",
                icon=":material/delete:",
                type="tertiary",
                disabled=locked,
                on_click=_delete,
                args=(record.id,),
            )


@move
def _stop(run_id: str) -> None:
    _require(run_id)
    runs().stop(run_id)


@move
def _resume(run_id: str) -> None:
    _require(run_id)
    runs().resume(run_id)
    ensure_worker(runs())


@move
def _delete(run_id: str) -> None:
    _require(run_id)
    runs().delete(run_id)
    ask_for_all()


def _require(run_id: str) -> None:
    if runs().get(run_id).owner != mine() and not is_teacher():
        raise NotAllowedError(
            _("This run belongs to another browser: only its owner or the teacher may change it.")
        )
