"""A computation of seconds as a page shows it: a bar that says what is done, and Stop."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, TypeVar, cast

import streamlit as st

from app import resources
from app.frame import as_plain, framed
from core.jobs import Compute, Job, Jobs
from core.language import _, current_language, speaking

Value = TypeVar("Value")

AT_ONCE: Final = 0.6
"""Seconds; what ends within them is shown without a bar."""
TICK: Final = 0.5


def waited(
    key: Hashable,
    name: str,
    text: str,
    compute: Compute[Value],
    *,
    among: Jobs[object] | None = None,
) -> Job[Value] | None:
    """The job of ``key`` once it has ended with a value; None while it runs or where it failed.

    ``name`` is the widget key of its bar, ``text`` says what is computed. A stopped job is given
    too, with what there was, until it is forgotten. ``among`` are the jobs that it waits for, those
    of all pages by default: one of minutes would keep all others waiting.
    """
    jobs = among or resources.jobs()
    job = cast("Job[Value] | None", jobs.get(key))
    if job is None or not _is_to_be_shown(job):
        with speaking(current_language()):
            job = cast("Job[Value]", jobs.start(key, compute))
    if not job.wait(AT_ONCE):
        _draw_bar(jobs, key, name, text)
        return None
    if job.error is not None:
        jobs.forget(key)  # it is tried again by what the reader does next
        st.error(as_plain(job.error))
        return None
    return job


def _is_to_be_shown(job: Job[Value]) -> bool:
    """Whether it failed, or was stopped with something made: such a job is not begun again."""
    return job.done and (job.error is not None or (job.stopped and job.value is not None))


def note_stopped(job: Job[Value], name: str, again: Callable[[], None]) -> None:
    """Say that a job was stopped before its end, with a way to go on."""
    if not job.stopped:
        return
    said, button = st.columns([8, 2], vertical_alignment="center")
    said.info(_("Stopped; what was computed until then is shown."))
    button.button(_("Go on"), key=f"{name}_again", width="stretch", on_click=again)


@st.fragment(run_every=TICK)
@framed
def _draw_bar(jobs: Jobs[object], key: Hashable, name: str, text: str) -> None:
    job = jobs.get(key)
    if job is None or job.done:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):  # in a narrow column too
        st.progress(job.fraction, text=as_plain(text))
        st.button(_("Stop"), key=f"{name}_stop", width="content", on_click=job.stop)
