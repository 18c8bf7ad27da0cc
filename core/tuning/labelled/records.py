"""Rows of a table made into records: texts, words, labels; what is unfit is left out and told."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from core.catalogue import Progress
from core.language import _
from core.tuning.labelled.columns import Columns
from core.tuning.labelled.examples import LABELLED, PAIRED, Kind
from core.tuning.labelled.report import Problem, make_problem
from core.tuning.labelled.tables import Table

SPLIT_COLUMN: Final = "split"
"""The column in which a source may say what is for training and what for validation."""

_PARTS: Final = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev", "development"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
_NO_LABEL: Final = frozenset({"", "nan", "null", "n/a", "#n/a", "<na>"})
_NO_TEXT: Final = re.compile("[\ud800-\udfff\0]")  # halves of characters, and NUL
_CHINESE: Final = re.compile("[\u4e00-\u9fff]")
_TICK: Final = 5_000


@dataclass(slots=True, kw_only=True)
class Record:
    """A row as it is used; ``label`` is still a name and ``tags`` are names.

    ``part`` is what the source's own split says: "train", "validation", "test" or "".
    """

    row: int
    text: str
    second: str = ""
    label: str = ""
    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    part: str = ""


@dataclass(slots=True)
class Findings:
    """The rows of each problem, by its name."""

    rows: dict[str, list[int]] = field(default_factory=dict)

    def note(self, name: str, row: int) -> None:
        """Remember that ``row`` has the problem ``name``."""
        self.rows.setdefault(name, []).append(row)

    def problems(self) -> list[Problem]:
        """What was noted, each as one sentence."""
        sentences = _sentences()
        return [make_problem(name, rows, sentences[name]) for name, rows in self.rows.items()]


def read_records(
    table: Table, columns: Columns, kind: Kind, findings: Findings, progress: Progress
) -> tuple[list[Record], int]:
    """The sound rows of the table, and how many rows there were."""
    places = [
        table.columns.index(name) if name else -1
        for name in (columns.text, columns.second, columns.label)
    ]
    split = _split_place(table, places)
    records: list[Record] = []
    count = 0
    for count, (number, cells) in enumerate(table.rows, start=1):
        text, second, label = (cells[place] if place >= 0 else None for place in places)
        record = _record(number, (text, second, label), kind, table.undecided, findings)
        if record is not None:
            record.part = _PARTS.get(_text(cells[split]).casefold(), "") if split >= 0 else ""
            records.append(record)
        if count % _TICK == 0:
            message = _("Reading {name}: {count:,} rows").format(name=table.name, count=count)
            progress(min(0.9, count / 100_000), message)
    return records, count


def _record(
    row: int,
    cells: tuple[object, object, object],
    kind: Kind,
    undecided: frozenset[str],
    findings: Findings,
) -> Record | None:
    """The record of a row; None, with the reason noted, where it is unfit."""
    first, other, mark = cells
    record = Record(row=row, text="")
    if kind == "tagging":
        record.words, record.tags = _parts(first), _parts(mark)
        record.text = " ".join(record.words)
    else:
        record.text, record.second, record.label = _text(first), _text(other), _label(mark)
    problem = _problem(record, kind)
    if not problem and kind in LABELLED and record.label in undecided:
        problem = "undecided"
    if problem:
        findings.note(problem, row)
        return None
    return record


def _problem(record: Record, kind: Kind) -> str:
    if not record.text:
        return "no_text"
    if kind in PAIRED and not record.second:
        return "no_second"
    if kind in LABELLED and not record.label:
        return "no_label"
    if kind == "tagging" and (
        len(record.words) != len(record.tags) or not all(record.words) or not all(record.tags)
    ):
        return "tags"
    texts = (record.text, record.second, record.label, *record.tags)
    return "characters" if any(map(_NO_TEXT.search, texts)) else ""


def _text(cell: object) -> str:
    """A cell as a text; words in a list are joined, Chinese ones without spaces."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, list | tuple):
        words = [_text(word) for word in cell]
        return ("" if any(map(_CHINESE.search, words)) else " ").join(words).strip()
    return _number(cell)


def _label(cell: object) -> str:
    """A cell as the name of a label; "" where there is none."""
    name = _text(cell)
    return "" if name.casefold() in _NO_LABEL else name


def _parts(cell: object) -> tuple[str, ...]:
    """Words or tags: a list, or a text with spaces between them."""
    if isinstance(cell, list | tuple):
        return tuple(_text(part) for part in cell)
    return tuple(_text(cell).split())


def _number(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _split_place(table: Table, used: Sequence[int]) -> int:
    """Where the source's own split stands; -1 where it has none."""
    names = [column.casefold() for column in table.columns]
    place = names.index(SPLIT_COLUMN) if SPLIT_COLUMN in names else -1
    known = all(_text(cells[place]).casefold() in _PARTS for _number, cells in table.head)
    return place if place >= 0 and place not in used and known else -1


def _sentences() -> dict[str, str]:
    """What is said of each problem, in the language of the session."""
    return {
        "no_text": _(
            "Rows without a text, left out: {count:,} (row {rows}). Fill them in, or choose "
            "another column."
        ),
        "no_second": _(
            "Rows without the second text, left out: {count:,} (row {rows}). Fill them in, or "
            "choose another column."
        ),
        "no_label": _(
            "Rows without a label, left out: {count:,} (row {rows}). Give each a label, or choose "
            "another column."
        ),
        "undecided": _(
            "Rows that belong to no class, such as a review with a score of 0, left out: "
            "{count:,} (row {rows}). Nothing needs to be done."
        ),
        "tags": _(
            "Rows that have not one tag for each word, left out: {count:,} (row {rows}). Write "
            "words and tags with one space between them, as many of these as of those."
        ),
        "characters": _(
            "Rows with NUL or half of a character, left out: {count:,} (row {rows}). Type those "
            "texts again."
        ),
        "duplicates": _(
            "Rows that repeat an earlier one, left out: {count:,} (row {rows}). Nothing needs to "
            "be done."
        ),
        "conflicts": _(
            "Rows whose text stands under different labels, left out: {count:,} (row {rows}). "
            "Give each text one label."
        ),
        "test": _(
            "Rows for testing, left out: {count:,} (row {rows}). Write “validation” in the column "
            "“split” to use them."
        ),
        "unseen": _(
            "Rows of validation with a label that training does not have, left out: {count:,} "
            "(row {rows}). Put rows of that label into training."
        ),
        "leaks": _(
            "Rows of validation whose words stand in training too, left out: {count:,} "
            "(row {rows}). Take them out of one of the two to decide otherwise."
        ),
    }
