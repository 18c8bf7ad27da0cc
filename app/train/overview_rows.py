"""The rows of the table of runs: each with the settings and figures by which runs are compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.train.runs_facts import RunFacts
from app.train.runs_words import age, duration, progress, state_word
from core.language import _
from core.tuning.runs import RunRecord, RunStore

SHARES: Final = ("accuracy", "masked_accuracy", "exact")
"""How much is right, by the names that kinds of run have for it; the first that there is."""
_NONE: Final = "–"
_LOOKED_BACK: Final = 500
"""Steps among which the last measure of a run is looked for that is not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run with its facts, its newest training loss, and what was measured last, or at its end."""

    record: RunRecord
    facts: RunFacts
    loss: float | None
    validation: float | None
    share: float | None
    method: str


def read_row(store: RunStore, record: RunRecord) -> RunRow:
    """What is known of ``record``; costs the same however long the run is."""
    facts = RunFacts.of(store.notes(record.id))
    last: dict[str, float] = {}
    if record.step:
        steps = 1 if facts.result else _LOOKED_BACK
        for point in store.metrics(record.id, after=record.step - steps):
            last.update(point)
    measured = facts.result or last
    return RunRow(
        record=record,
        facts=facts,
        loss=last.get("loss"),
        validation=measured.get("validation_loss"),
        share=next((measured[name] for name in SHARES if name in measured), None),
        method=_method(record),
    )


def compared_rows(
    rows: Sequence[RunRow], now: datetime, *, marked: AbstractSet[str]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The names of the columns, and the cells of each run; those ``marked`` are drawn."""
    columns = (
        "",
        *(_("run"), _("state"), _("method"), _("step"), _("training loss"), _("validation loss")),
        *(_("share right"), _("trained weights"), _("time"), _("when")),
    )
    return columns, [_cells(row, now, drawn=row.record.id in marked) for row in rows]


def _cells(row: RunRow, now: datetime, *, drawn: bool) -> tuple[str, ...]:
    record, facts = row.record, row.facts
    return (
        "●" if drawn else "",
        record.name or record.id,
        state_word(record.state),
        row.method,
        progress(record, facts) if record.step else _NONE,
        _number(row.loss),
        _number(row.validation),
        _number(row.share),
        _NONE if facts.trainable is None else f"{facts.trainable:,}",
        _NONE if facts.seconds is None else duration(facts.seconds),
        age(record.ended or record.started or record.created, now),
    )


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3f}"


def _method(record: RunRecord) -> str:
    """How it is trained: the method of fine-tuning, or the objective of a run from nothing."""
    try:
        values = json.loads(record.spec)
    except ValueError:
        return _NONE
    names = {
        "full": _("all weights"),
        "lora": "LoRA",
        "head": _("head only"),
        "prompt": _("soft prompt"),
        "prefix": _("prefix"),
        "pet": _("pattern (PET)"),
        "pet-lora": _("pattern, LoRA"),
        "pet-prompt": _("pattern, soft prompt"),
        "masked": _("from nothing, masked"),
        "causal": _("from nothing, causal"),
        "seq2seq": _("from nothing, text to text"),
    }
    found = str(values.get("method") or values.get("objective") or "")
    return names.get(found, found or _NONE)
