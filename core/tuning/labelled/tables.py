"""``Table``: the rows of any source, one after another, within limits that hold before they load.

Rows are numbered as people find them: in CSV and TSV as a spreadsheet counts, the header being row
1; in JSONL and text files by lines; elsewhere from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from core.errors import InputError
from core.language import _

ROW_LIMIT: Final = 1_000_000
COLUMN_LIMIT: Final = 1_000
CELL_LIMIT: Final = 1_000_000
"""The most characters of a cell; of a list of words, with one for each word."""
CELLS_LIMIT: Final = 10_000_000
"""Cells of all rows together: short rows are filled up to the width of the table."""
HEAD: Final = 100
"""The rows that are looked at to tell columns by."""

Row = tuple[int, tuple[object, ...]]
"""The number of a row and its cells: texts, numbers, truth values, None, or lists of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The columns of a source, its first rows, and all its rows, which can be read once.

    ``label_order`` is the order of labels that the source itself gives, where it does;
    ``undecided`` are labels of rows that belong to none of the classes to be told apart.
    """

    name: str
    columns: tuple[str, ...]
    head: tuple[Row, ...]
    rows: Iterator[Row]
    label_order: tuple[str, ...] = ()
    undecided: frozenset[str] = frozenset()


def make_table(
    name: str,
    columns: Sequence[str],
    rows: Iterator[Row],
    *,
    label_order: Sequence[str] = (),
    undecided: frozenset[str] = frozenset(),
) -> Table:
    """The table of ``rows``, each as wide as ``columns``; more than the limits raise InputError."""
    checked = _check_columns(columns, name)
    within = _within_limits(rows, name)
    head = tuple(islice(within, HEAD))
    if not head:
        raise InputError(_("{name} has no rows: add one for each example.").format(name=name))
    return Table(
        name=name,
        columns=checked,
        head=head,
        rows=chain(head, within),
        label_order=tuple(label_order),
        undecided=undecided,
    )


def _check_columns(columns: Sequence[str], name: str) -> tuple[str, ...]:
    if len(columns) > COLUMN_LIMIT:
        raise InputError(
            _("{name} has {count:,} columns, the limit is {limit:,}: keep those you need.").format(
                name=name, count=len(columns), limit=COLUMN_LIMIT
            )
        )
    stripped = tuple(column.strip() for column in columns)
    for place, column in enumerate(stripped):
        if column and column in stripped[:place]:
            raise InputError(
                _("Two columns of {name} are called “{column}”: rename one.").format(
                    name=name, column=column[:60]
                )
            )
    return stripped


def _within_limits(rows: Iterator[Row], name: str) -> Iterator[Row]:
    for count, (number, cells) in enumerate(rows, start=1):
        if count > ROW_LIMIT:
            raise InputError(
                _("{name} has more than {limit:,} rows: split it.").format(
                    name=name, limit=ROW_LIMIT
                )
            )
        if count * len(cells) > CELLS_LIMIT:
            raise too_many_cells(name)
        if any(_size(cell) > CELL_LIMIT for cell in cells):
            raise InputError(
                _(
                    "A cell in row {row:,} of {name} has more than {limit:,} characters: break the "
                    "text into several rows."
                ).format(row=number, name=name, limit=CELL_LIMIT)
            )
        yield number, cells


def too_many_cells(name: str) -> InputError:
    """What is said of a table that would take gigabytes."""
    return InputError(
        _("{name} has more than {limit:,} cells: keep the columns that you need.").format(
            name=name, limit=CELLS_LIMIT
        )
    )


def _size(cell: object) -> int:
    if isinstance(cell, str):
        return len(cell)
    if isinstance(cell, list | tuple):
        return sum(1 + (len(part) if isinstance(part, str) else 0) for part in cell)
    return 0
