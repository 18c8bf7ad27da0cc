"""The panel "All runs": who waits, every run with what came of it, and which are drawn together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, cast

import streamlit as st

from app.frame import as_plain, framed
from app.train.overview_rows import RunRow, compared_rows, read_row
from app.train.runs_take_away import show_import
from app.train.runs_words import state_word, title
from app.train.state import TRAIN
from app.train.store import mine, runs
from components.controls import choose_some
from components.tables import table
from components.views.training_curves import MOST_RUNS
from core.language import _
from core.tuning.runs import RunRecord, RunState

LISTED: Final = 30
"""How many runs the table tells of at most; filters find the others."""
OVERLAID: Final = TRAIN.key("with")
LOOK_AGAIN: Final = 3.0
_STATES: Final = ("queued", "running", "done", "stopped", "failed", "interrupted")
_FILTER: Final = "train._filter_{name}"
Order = Callable[[RunRow], tuple[bool, float]]


def show_overview(record: RunRecord) -> None:
    """The runs to be drawn beside ``record``, and the table of all."""
    records = runs().list()
    names = {each.id: title(each) for each in records if each.id != record.id}
    left, right = st.columns([7, 5], vertical_alignment="bottom")
    with left:
        if names:
            choose_some(
                _("Draw beside it"),
                list(names),
                key=OVERLAID,
                most=MOST_RUNS - 1,
                shown=lambda run_id: names.get(run_id, run_id),
                placeholder=_("up to {count} runs").format(count=MOST_RUNS - 1),
            )
    with right, st.container(horizontal=True, vertical_alignment="bottom"):
        with st.popover(_("Filter and sort"), icon=":material/filter_list:"):
            _show_filters()
        with st.popover(_("From a file"), icon=":material/upload:"):
            show_import()
    active = any(each.state in ("queued", "running") for each in records)
    st.fragment(_show_table, run_every=LOOK_AGAIN if active else None)(record.id)


def _show_filters() -> None:
    st.text_input(_("Name holds"), key=_key("name"), persist_state="session")
    st.pills(
        _("State"),
        _STATES,
        format_func=lambda state: state_word(cast("RunState", state)),
        selection_mode="multi",
        key=_key("states"),
        persist_state="session",
    )
    st.toggle(_("Only mine"), key=_key("mine"), persist_state="session")
    st.selectbox(
        _("Sort by"),
        list(_orders()),
        format_func=lambda order: _orders()[order],
        key=_key("order"),
        persist_state="session",
    )


def _orders() -> dict[str, str]:
    return {
        "newest": _("newest first"),
        "oldest": _("oldest first"),
        "share": _("most right first"),
        "loss": _("least validation loss first"),
        "name": _("name"),
    }


@framed
def _show_table(opened: str) -> None:
    records = runs().list()
    _show_queue(records)
    found = [record for record in records if _passes(record)]
    rows = _sorted([read_row(runs(), record) for record in _looked_at(found)])
    if not rows:
        st.info(_("No run passes the filter."))
        return
    wanted = {opened, *(st.session_state.get(OVERLAID) or [])}
    now = datetime.now(UTC)
    columns, cells = compared_rows(rows[:LISTED], now, marked=wanted)
    st.markdown(table(columns, cells))
    left = len(found) - len(rows[:LISTED])
    if left > 0:
        said = _("{count} more: filter them by name or state.").format(count=left)
        st.markdown(f":small[{as_plain(said)}]")


def _looked_at(found: list[RunRecord]) -> list[RunRecord]:
    """Those that are read: all of them where there are not too many, else by what a record says."""
    order = st.session_state.get(_key("order"))
    if order == "oldest":
        return found[-4 * LISTED :]
    if order == "name":
        return sorted(found, key=lambda each: each.name.casefold())[: 4 * LISTED]
    return found[: 4 * LISTED]


def _show_queue(records: Sequence[RunRecord]) -> None:
    """Who is served, and who waits in which order; names of others are seen, people are not."""
    waiting = sorted(
        (record for record in records if record.position), key=lambda each: each.position
    )
    if not waiting:
        return
    served = [record for record in records if record.state == "running"]
    said = [_("now: {run}").format(run=_owned(record)) for record in served]
    said += [f"{record.position}. {_owned(record)}" for record in waiting]
    st.markdown(as_plain(_("Queue")) + ": " + " · ".join(as_plain(part) for part in said))


def _owned(record: RunRecord) -> str:
    own = record.owner == mine()
    return _("{run} (yours)").format(run=title(record)) if own else title(record)


def _passes(record: RunRecord) -> bool:
    part = str(st.session_state.get(_key("name")) or "").strip().casefold()
    states = st.session_state.get(_key("states")) or _STATES
    if st.session_state.get(_key("mine")) and record.owner != mine():
        return False
    return record.state in states and part in f"{record.name} {record.note}".casefold()


def _sorted(rows: list[RunRow]) -> list[RunRow]:
    """In the order that was chosen; runs without such a number come last."""
    order = st.session_state.get(_key("order")) or "newest"
    if order == "oldest":
        return rows[::-1]
    if order == "name":
        return sorted(rows, key=lambda row: row.record.name.casefold())
    ways: dict[str, Order] = {
        "share": lambda row: (row.share is None, -(row.share or 0.0)),
        "loss": lambda row: (row.validation is None, row.validation or 0.0),
    }
    return sorted(rows, key=ways[order]) if order in ways else rows


def _key(name: str) -> str:
    return _FILTER.format(name=name)
