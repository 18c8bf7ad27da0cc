"""The panel "Forgotten" of a run: how its model reads old texts, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import streamlit as st

from app import resources
from app.frame import as_plain, framed
from app.train.store import runs
from app.waiting import note_stopped, waited
from components.tables import table
from core.jobs import Progress, Stop
from core.language import _
from core.tuning.forgetting import (
    Forgotten,
    read_forgotten,
    what_was_forgotten,
    write_forgotten,
)
from core.tuning.kept import KeptModel, find_kept, run_name
from core.tuning.runs import RunRecord

_SHOWN: Final = 5
"""How many sentences are shown, those that suffered most."""


@framed
def show_forgotten(record: RunRecord) -> None:
    """What was measured; where nothing was yet, it is measured now."""
    if record.state != "done":
        st.info(_("This is measured of the model that a run leaves: it is not done."))
        return
    kept = find_kept(run_name(record.id), runs())
    if not kept.base:
        st.info(_("This run began from nothing: there was nothing to forget."))
        return
    found = read_forgotten(record.folder)
    if found is None:
        key = (kept.name, "forgotten")
        job = waited(
            key,
            "train_forgotten",
            _("Reading old texts with the model before and after"),
            partial(_measure, kept),
        )
        if job is None or job.value is None:
            return
        note_stopped(job, "train_forgotten", lambda: resources.jobs().forget(key))
        found = job.value.found
    if found is not None:
        _show(found)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What was measured; None where somebody stopped it before its end."""

    found: Forgotten | None


def _measure(kept: KeptModel, progress: Progress, stop: Stop) -> _Measured:
    found = what_was_forgotten(
        kept,
        lambda name: resources.pool().lease(resources.require_known(name)),
        progress=progress,
        stop=stop,
    )
    if found is not None:
        write_forgotten(kept.record.folder, found)
    return _Measured(found)


def _show(found: Forgotten) -> None:
    before, after = found.means
    low, high = found.interval
    if found.measured == "vectors":
        st.markdown(
            as_plain(
                _(
                    "This model predicts no words, so a loss on old texts cannot be measured. "
                    "Instead: how far the vectors of {count} everyday sentences moved, as one "
                    "minus the cosine. They moved by {change:.3f} ({low:.3f} to {high:.3f}); 0 is "
                    "not at all, 1 is at right angles."
                ).format(count=len(found.sentences), change=after, low=low, high=high)
            ),
            width=680,
        )
    else:
        st.markdown(as_plain(_verdict(found, low, high)), width=680)
        st.markdown(
            table(
                ("", _("before"), _("after")),
                [
                    (_("loss on old texts, nats a token"), f"{before:.3f}", f"{after:.3f}"),
                    (_("tokens"), f"{sum(found.tokens):,}", f"{sum(found.tokens):,}"),
                ],
            )
        )
    heading = _("What changed most")
    st.markdown(f"**{heading}**")
    st.markdown(table(_head(found), [_row(found, place) for place in found.worst[:_SHOWN]]))


def _verdict(found: Forgotten, low: float, high: float) -> str:
    if low > 0:
        said = _("Some of the old is forgotten: ")
    elif high < 0:
        said = _("Nothing is forgotten, old texts are read even better: ")
    else:
        said = _("No difference beyond noise: ")
    way = _("every word masked in turn") if found.measured == "masked" else _("every next word")
    return said + _(
        "the loss on {count} everyday sentences, {way}, changed by {change:+.3f} nats a token "
        "({low:+.3f} to {high:+.3f})."
    ).format(count=len(found.sentences), way=way, change=found.change, low=low, high=high)


def _head(found: Forgotten) -> tuple[str, ...]:
    if found.measured == "vectors":
        return (_("sentence"), _("moved by"))
    return (_("sentence"), _("before"), _("after"))


def _row(found: Forgotten, place: int) -> tuple[str, ...]:
    count = max(1, found.tokens[place])
    after = f"{found.after[place] / count:.3f}"
    if found.measured == "vectors":
        return (found.sentences[place], after)
    return (found.sentences[place], f"{found.before[place] / count:.3f}", after)
