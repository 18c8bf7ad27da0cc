"""The data of a new run as it is shown before anything runs: first rows, and what was found."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.frame import as_plain
from app.train.new_answers import answered
from app.train.new_source import Origin
from components.tables import table
from core.language import _
from core.tuning.labelled import DataReport, DataSource, Preview, prepare, preview

SHOWN_ROWS: Final = 5
SHOWN_COLUMNS: Final = 6
SHOWN_SIGNS: Final = 120
SHOWN_CLASSES: Final = 12


def show_preview(origin: Origin) -> Preview | None:
    """The first rows as a table; None while they are read, or where they cannot be."""
    found = answered(
        (f"data:{origin.dataset or origin.file}", "preview"),
        "train_preview",
        _("Reading the first rows of {name}").format(name=origin.title),
        lambda progress: preview(dataset=origin.dataset, file=origin.file, progress=progress),
    )
    if found is not None:
        st.markdown(preview_table(found))
        hidden = len(found.columns) - SHOWN_COLUMNS
        if hidden > 0:
            st.markdown(":small[" + _("{count:,} more columns").format(count=hidden) + "]")
    return found


def preview_table(found: Preview) -> str:
    """The first rows with their numbers, long cells cut."""
    rows = zip(found.numbers[:SHOWN_ROWS], found.rows, strict=False)
    return table(
        (_("row"), *found.columns[:SHOWN_COLUMNS]),
        ((str(number), *map(_short, cells[:SHOWN_COLUMNS])) for number, cells in rows),
    )


def show_report(source: DataSource) -> DataReport | None:
    """What is learnt from and what is wrong; None while it is read, or where nothing can be."""
    report = answered(
        (f"data:{source.dataset or source.file}", "report", source),
        "train_report",
        _("Reading and checking all rows"),
        lambda progress: prepare(source, progress=progress).report,
    )
    if report is None:
        return None
    st.markdown(as_plain(counts_sentence(report)))
    if report.classes:
        st.markdown(classes_table(report))
    if report.majority:
        said = _("Always answering the most frequent label is right in {share:.1%}.")
        st.markdown(f":small[{as_plain(said.format(share=report.majority))}]")
    for problem in report.problems:
        st.markdown(f"- :small[{as_plain(problem.sentence)}]")
    return report


def counts_sentence(report: DataReport) -> str:
    """How many rows are used, and for what."""
    said = _("{rows:,} rows: {train:,} to learn from, {validation:,} held out to check.").format(
        rows=report.rows, train=report.train, validation=report.validation
    )
    if report.given_split:
        said += " " + _("The data itself says which are held out.")
    return said


def classes_table(report: DataReport) -> str:
    """The rows of each label, the most frequent first."""
    ordered = sorted(report.classes, key=lambda each: -each.train)
    rows = [
        (each.name, f"{each.train:,}", f"{each.validation:,}") for each in ordered[:SHOWN_CLASSES]
    ]
    rest = ordered[SHOWN_CLASSES:]
    if rest:
        train, held_out = (
            f"{sum(counts):,}"
            for counts in ([each.train for each in rest], [each.validation for each in rest])
        )
        rows.append((_("{count:,} more").format(count=len(rest)), train, held_out))
    return table((_("label"), _("to learn from"), _("held out")), rows)


def _short(cell: str) -> str:
    return cell if len(cell) <= SHOWN_SIGNS else f"{cell[:SHOWN_SIGNS]}…"
