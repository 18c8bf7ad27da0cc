"""The tab "Runs": all runs of this server, and the chosen one as it learns."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import plotly.graph_objects as go
import streamlit as st

from app.frame import as_plain, framed
from app.train.panels import show_panels
from app.train.runs_controls import show_controls
from app.train.runs_curves import RunCurves, Track, smoothed
from app.train.runs_diagnosis import Diagnosis, diagnose
from app.train.runs_facts import RunFacts
from app.train.runs_picture import picture
from app.train.runs_words import age, numbers_line, progress, state_word, title
from app.train.state import TRAIN
from app.train.store import mine, runs
from app.walk import problem
from components.controls import choose_model
from components.figures.palette import DARK, LIGHT
from components.tables import table
from core.language import _, current_language
from core.tuning.runs import RunRecord, ensure_worker

TICK: Final = 1.0
LISTED: Final = 10
"""How many runs the table tells of; every one can be chosen."""
RUN: Final = TRAIN.key("run")
_CURVES: Final = "train._curves"
_ACTIVE: Final = frozenset({"queued", "running"})

REDRAW: Final = 3.0
_DRAWN: Final = "train._drawn"

Listed = tuple[tuple[str, str, str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A figure, what it is of, and when it was drawn."""

    mark: Hashable
    figure: go.Figure
    at: float

    def is_old(self) -> bool:
        """Whether another may take its place."""
        return time.monotonic() - self.at >= REDRAW


@framed
def show_runs() -> None:
    """The list, the chosen run with its buttons, and its curves, anew every second."""
    ensure_worker(runs())
    records = runs().list()
    if said := problem():
        st.error(as_plain(said))
    if not records:
        st.info(_("No runs yet: start one under New run."))
        return
    if not st.session_state.get(RUN):
        own = [record for record in records if record.owner == mine()]
        st.session_state[RUN] = (own or list(records))[0].id
    # Written again: a label that changed with its state would come back as the value itself.
    st.session_state[RUN] = st.session_state[RUN]
    chosen = choose_model(_("Run"), {record.id: title(record) for record in records}, key=RUN)
    record = runs().get(chosen)
    show_controls(record)
    if record.note:
        st.markdown(as_plain(record.note), width=680)
    active = any(each.state in _ACTIVE for each in records)
    live = st.fragment(_show_live, run_every=TICK if active else None)
    live(chosen, _listed(records))
    show_panels(record)


@framed
def _show_live(run_id: str, listed: Listed) -> None:
    """What changes while runs go on; ``listed`` is what stands in the list above it."""
    ensure_worker(runs())
    records = runs().list()
    if _listed(records) != listed:
        st.rerun()  # the list and the buttons are of before
    record = runs().get(run_id)
    facts = RunFacts.of(runs().notes(run_id))
    curves = _curves(run_id)
    _show_run(record, facts, curves)
    if len(records) > 1:
        _show_table(records[:LISTED])


def _show_run(record: RunRecord, facts: RunFacts, curves: RunCurves) -> None:
    loss, validation = curves.track("loss"), curves.track("validation_loss")
    mean = smoothed(loss)
    _show_diagnosis(diagnose(record, facts, loss=loss, mean=mean, validation=validation))
    if len(loss):
        _show_picture(record, facts, curves, mean)
    pace = curves.pace(time.time(), record.step) if record.state == "running" else None
    said = " · ".join(numbers_line(record, facts, curves, pace))
    st.markdown(f":small[{as_plain(said)}]")


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


def _show_picture(record: RunRecord, facts: RunFacts, curves: RunCurves, mean: Track) -> None:
    """The curves. Streamlit builds a changed figure anew and forgets the zoom: so it changes every
    ``REDRAW`` seconds, and at once where something else happened than one more step."""
    theme = st.context.theme.type
    evaluations = len(curves.track("validation_loss"))
    mark = (record.id, record.state, facts, evaluations, theme, current_language())
    kept = st.session_state.get(_DRAWN)
    if not isinstance(kept, Drawn) or kept.mark != mark or kept.is_old():
        palette = DARK if theme == "dark" else LIGHT
        figure = picture(curves, facts, mean, palette=palette)
        kept = st.session_state[_DRAWN] = Drawn(mark=mark, figure=figure, at=time.monotonic())
    st.plotly_chart(
        kept.figure,
        key=f"train_curves_{record.id}",
        theme=None,
        config={"displayModeBar": False},
        alt=_("Losses and metrics of the run by step"),
    )


def _show_table(records: tuple[RunRecord, ...]) -> None:
    now = datetime.now(UTC)
    columns = (_("run"), _("state"), _("step"), _("last loss"), _("accuracy"), _("when"))
    st.markdown(table(columns, [_row(record, now) for record in records]))


def _row(record: RunRecord, now: datetime) -> tuple[str, ...]:
    facts = RunFacts.of(runs().notes(record.id))
    newest = runs().metrics(record.id, after=record.step - 1) if record.step else ()
    loss = newest[-1].get("loss") if newest else None
    return (
        record.name or record.id,
        state_word(record.state),
        progress(record, facts) if record.step else "",
        "" if loss is None else f"{loss:.3f}",
        "" if facts.accuracy is None else f"{facts.accuracy:.3f}",
        age(record.ended or record.started or record.created, now),
    )


def _curves(run_id: str) -> RunCurves:
    """The curves of the run, brought up to now; the session keeps those of one run."""
    kept = st.session_state.get(_CURVES)
    if isinstance(kept, RunCurves) and kept.run_id == run_id:
        kept.follow(runs())
        return kept
    found = st.session_state[_CURVES] = RunCurves(runs(), run_id)
    return found


def _listed(records: tuple[RunRecord, ...]) -> Listed:
    """What the list and the buttons show of all runs."""
    return tuple((each.id, each.name, each.state, each.stopping) for each in records)
