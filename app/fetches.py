"""Fetches as the Models page shows them: a bar with a stop, and once what became of it.

A fetch belongs to the server, and goes on when its page is left. How it ended is told where it was
started, to who started or watched it, and is gone with the next thing they do.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import streamlit as st

from app import resources
from app.frame import as_plain, framed
from core.catalogue import FetchJob
from core.language import _

WATCHED_KEY: Final = "models.watched"
"""Session: the ids of fetches this session saw running → whether their end was told."""
TICK: Final = 1.0


def start(model_id: str) -> None:
    """Begin to fetch a model, and tell this session how it ends."""
    resources.start_fetch(model_id)
    _watched()[model_id] = False


def is_running(model_id: str) -> bool:
    """Whether the model is being fetched now."""
    job = resources.fetch_jobs().get(model_id)
    return job is not None and job.state == "running"


def draw_fetch(model_id: str, *, may_stop: bool) -> None:
    """The bar of the fetch of a model while it runs, and once how it ended; else nothing."""
    job = resources.fetch_jobs().get(model_id)
    if job is None:
        return
    if job.state == "running":
        _watched()[model_id] = False
        _draw_bar(model_id, may_stop)
    elif _watched().get(model_id) is False:
        _watched()[model_id] = True
        _draw_end(job)
    else:
        _watched().pop(model_id, None)


def draw_others(shown: Collection[str], *, may_stop: bool) -> None:
    """The bars of the fetches that run but have no place among ``shown``."""
    for job in resources.fetch_jobs().all():
        if job.state == "running" and job.id not in shown:
            _draw_bar(job.id, may_stop)


@st.fragment(run_every=TICK)
@framed
def _draw_bar(model_id: str, may_stop: bool) -> None:
    """How far the fetch is, anew every second; the page runs again when it ends."""
    job = resources.fetch_jobs().get(model_id)
    if job is None or job.state != "running":
        st.rerun()
    bar, stop = st.columns([8, 2], vertical_alignment="center")
    bar.progress(job.fraction, text=f"{as_plain(job.id)} · {as_plain(job.message)}")
    stop.button(
        _("Stop"),
        key=f"models_stop_{model_id}",
        width="stretch",
        on_click=resources.fetch_jobs().stop,
        args=(model_id,),
        disabled=not may_stop,
    )


def _draw_end(job: FetchJob) -> None:
    name = as_plain(job.id)
    if job.state == "failed":
        st.error(as_plain(job.error or ""))
    elif job.state == "stopped":
        st.info(_("The fetch of {model} was stopped; nothing of it is left.").format(model=name))
    else:
        st.success(_("{model} is fetched; choose it on the other pages.").format(model=name))


def _watched() -> dict[str, bool]:
    watched: dict[str, bool] = st.session_state.setdefault(WATCHED_KEY, {})
    return watched
