"""The predictions of a run that were furthest off, as a table, and all that are kept as a CSV."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import streamlit as st

from app.csv_download import offer_csv
from app.frame import as_plain
from components.tables import table
from core.export import facts_csv, headlight_version
from core.language import _
from core.tuning.outcome import Mistake, Outcome
from core.tuning.runs import RunRecord

SHOWN: Final = 10
_LABELLED: Final = ("classification", "pair")
_TEXT: Final = 240  # characters of a text that are shown
_AROUND: Final = 60  # on each side of a word


def show_mistakes(record: RunRecord, outcome: Outcome) -> None:
    """The worst ones, and a button for all."""
    if not outcome.mistakes:
        return
    head, button = st.columns([8, 4], vertical_alignment="center")
    head.markdown("**" + as_plain(mistakes_title(outcome)) + "**")
    with button:
        offer_csv(
            _("All {count} as CSV").format(count=len(outcome.mistakes)),
            lambda: mistakes_csv(record, outcome),
            name="mistakes",
            model=record.name or record.id,
            key="train_results_csv",
        )
    st.markdown(mistakes_table(outcome, outcome.mistakes[:SHOWN]))
    rest = outcome.mistakes[SHOWN:]
    if rest:
        with st.expander(_("{count} more").format(count=len(rest)), on_change="rerun") as more:
            if more.open:
                st.markdown(mistakes_table(outcome, rest))


def mistakes_title(outcome: Outcome) -> str:
    """What the table holds."""
    if outcome.kind in _LABELLED:
        return _("Rows with the highest loss")
    if outcome.kind == "tagging":
        return _("Words with the highest loss")
    return _("The least expected tokens")


def mistakes_table(outcome: Outcome, mistakes: tuple[Mistake, ...]) -> str:
    """A row for each: the text, what is right, what was predicted, with probabilities."""
    labelled = outcome.kind in _LABELLED
    text = _("text") if labelled else _("word in its text")
    known = any(each.row for each in mistakes)  # of a text that was cut it is not
    head = (text, _("right"), _("predicted"), _("loss"))
    return table(
        (_("row"), *head) if known else head,
        (
            (
                *([f"{each.row:,}" if each.row else ""] if known else []),
                _shown(each, labelled=labelled),
                f"{each.expected} ({each.probability:.3f})",
                f"{each.predicted} ({each.predicted_probability:.3f})",
                f"{each.loss:.2f}",
            )
            for each in mistakes
        ),
    )


def mistakes_csv(record: RunRecord, outcome: Outcome) -> str:
    """All mistakes that are kept; what a spreadsheet would run as a formula is made harmless."""
    head = ("row", "before", "text", "after", "second", "expected", "p_expected")
    rows = [
        (
            each.row or None,
            each.before,
            each.text,
            each.after,
            each.second,
            each.expected,
            each.probability,
            each.predicted,
            each.predicted_probability,
            each.loss,
        )
        for each in outcome.mistakes
    ]
    model = str(json.loads(record.spec).get("model", ""))
    facts = {
        "run": record.id,
        "name": record.name,
        "step": str(outcome.step),
        "trained from": Path(model).name if Path(model).is_dir() else model,
        "headlight": headlight_version(),
    }
    return facts_csv([(*head, "predicted", "p_predicted", "loss"), *rows], facts.items())


def _shown(mistake: Mistake, *, labelled: bool) -> str:
    if labelled:
        text = _cut(mistake.text, _TEXT)
        return f"{text} ‖ {_cut(mistake.second, _TEXT)}" if mistake.second else text
    before = mistake.before[-_AROUND:]
    before = f"…{before}" if len(mistake.before) > _AROUND else before
    return f"{before} ⟦{mistake.text}⟧ {_cut(mistake.after, _AROUND)}".strip()


def _cut(text: str, size: int) -> str:
    return f"{text[:size]}…" if len(text) > size else text
