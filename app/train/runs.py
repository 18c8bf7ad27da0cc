"""The tab "Runs": the run that is opened, one sentence about it, its curves, and panels below.

The sentence, the numbers and what is new of the curves come every second from a fragment of its
own; the picture itself stays as it is, with its zoom. Everything else is run again only where
something happened: a state, a name, the result, another look inside.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Final

import streamlit as st

from app.frame import as_plain, framed
from app.train.panels import show_panels
from app.train.probes_slider import show_step
from app.train.runs_controls import show_controls
from app.train.runs_curves import smoothed
from app.train.runs_diagnosis import Diagnosis, diagnose
from app.train.runs_facts import RunFacts
from app.train.runs_followed import ask_for_detail, followed, show_detail, tell_news
from app.train.runs_picture import show_picture
from app.train.runs_words import numbers_line, title
from app.train.state import TRAIN
from app.train.store import mine, runs
from app.walk import problem
from components.controls import choose_model
from components.views.training_curves import MOST_RUNS
from core.language import _
from core.tuning.probes import probe_steps
from core.tuning.runs import RunRecord, ensure_worker

TICK: Final = 1.0
"""Seconds between two looks at what goes on."""
RUN: Final = TRAIN.key("run")
OVERLAID: Final = TRAIN.key("with")
_ACTIVE: Final = frozenset({"queued", "running"})


@framed
def show_runs() -> None:
    """The opened run with its buttons, its curves anew every second, and the chosen panel."""
    ensure_worker(runs())
    records = runs().list()
    if said := problem():
        st.error(as_plain(said))
    if not records:
        st.info(_("No runs yet: start one under New run."))
        return
    record = _choose_run(records)
    if record.note:
        st.markdown(as_plain(record.note), width=680)
    shown = (record, *_overlaid(records, record))
    active = any(each.state in _ACTIVE for each in records)
    live = st.fragment(_show_live, run_every=TICK if active else None)
    live([each.id for each in shown], _standing(records))
    show_panels(record)


def _look_inside(step: int) -> None:
    """Show the probe of the step that was chosen in the picture."""
    show_step(step)
    st.session_state[TRAIN.key("panel")] = "probes"


def _choose_run(records: Sequence[RunRecord]) -> RunRecord:
    """The picker of the run beside its buttons."""
    if not st.session_state.get(RUN):
        own = [record for record in records if record.owner == mine()]
        st.session_state[RUN] = (own or list(records))[0].id
    # Written again: a label that changed with its state would come back as the value itself.
    st.session_state[RUN] = st.session_state[RUN]
    left, right = st.columns([5, 7], vertical_alignment="bottom")
    with left:
        chosen = choose_model(_("Run"), {record.id: title(record) for record in records}, key=RUN)
    record = runs().get(chosen)
    with right:
        show_controls(record)
    return record


def _overlaid(records: Sequence[RunRecord], opened: RunRecord) -> tuple[RunRecord, ...]:
    """The other runs that are drawn into the picture, as far as they are there."""
    wanted = list(st.session_state.get(OVERLAID) or [])
    others = [record for record in records if record.id in wanted and record.id != opened.id]
    return tuple(others[: MOST_RUNS - 1])


@framed
def _show_live(shown: Sequence[str], standing: Hashable) -> None:
    """What changes while runs go on; ``standing`` is what stands around it."""
    ensure_worker(runs())
    records = runs().list()
    known = {record.id: record for record in records}
    if not known.keys() >= set(shown):
        st.rerun()  # one was deleted
    opened = tuple(known[run_id] for run_id in shown)
    record = opened[0]
    facts = RunFacts.of(runs().notes(record.id))
    if _standing(records) != standing:
        st.rerun()  # what stands around it is of before
    curves = followed(record.id)
    loss, validation = curves.track("loss"), curves.track("validation_loss")
    mean = smoothed(loss)
    _show_diagnosis(diagnose(record, facts, loss=loss, mean=mean, validation=validation))
    pace = curves.pace(time.time(), record.step) if record.state == "running" else None
    said = " · ".join(numbers_line(record, facts, curves, pace))
    with st.container(gap=None):  # what is only told takes no room
        st.markdown(f":small[{as_plain(said)}]")
        for each in opened:
            tell_news(opened, each.id)
        if any(each.step for each in opened):
            _show_picture(opened, facts, probe_steps(record.folder))


def _show_picture(shown: Sequence[RunRecord], facts: RunFacts, ticks: Sequence[int]) -> None:
    """The curves. They stand in the fragment that runs every second, where the browser is only told
    that they are as before: what is not shown for a few seconds, Streamlit's browser forgets."""
    chosen = show_picture(
        shown,
        facts,
        ticks=ticks,
        on_select=_look_inside,
        on_zoom=partial(ask_for_detail, shown[0].id),
    )
    show_detail(shown)
    if chosen is not None:
        st.rerun()  # the panel below shows another step


def _standing(records: Sequence[RunRecord]) -> Hashable:
    """What the list and the buttons show of all runs; when it changes they are shown anew."""
    return tuple((each.id, each.name, each.state, each.stopping, each.position) for each in records)


def _show_diagnosis(diagnosis: Diagnosis) -> None:
    text = as_plain(diagnosis.text)
    if diagnosis.finding in ("diverging", "failed"):
        st.error(text)
    elif diagnosis.finding in ("not learning", "overfitting", "interrupted"):
        st.warning(text)
    elif diagnosis.finding == "done":
        st.success(text)
    else:
        st.info(text)
