"""The rows of a CSV or TSV table, read line by line; whatever is broken is one sentence.

What the cells are for is not known here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from core.errors import InputError
from core.language import _


def cell_separator(start: str) -> str:
    """What parts the cells of the first row: where numbers have a comma, spreadsheets write ;."""
    text = start.lstrip("\r\n")

    def cells(separator: str) -> int:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            return len(next(rows, []))
        except csv.Error:
            return 0

    return max((",", ";", "\t"), key=cells)  # of equals the first


def table_rows(lines: Iterable[str], name: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with its number, from 1, as a spreadsheet counts.

    Raises InputError for one that has more cells than the first, for a quotation mark out of place
    and for a cell above ``csv.field_size_limit()`` characters.
    """
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = width = 0
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(error, name, line) from error
        number += 1
        while width and len(row) > width and not row[-1].strip():
            row.pop()
        if not any(cell.strip() for cell in row):
            continue
        width = width or len(row)
        if len(row) > width:
            raise InputError(
                _(
                    "Line {line} of {name} has {count} cells and the first row {width}: put a text "
                    "with “{separator}” in quotation marks, or upload one text a line as .txt."
                ).format(
                    line=line,
                    name=name,
                    count=len(row),
                    width=width,
                    separator="Tab" if separator == "\t" else separator,
                )
            )
        yield number, row


def _broken(error: csv.Error, name: str, line: int) -> InputError:
    if "field limit" in str(error):
        return InputError(
            _(
                "A cell that begins at line {line} of {name} has more than {limit:,} characters: "
                "close its quotation mark, or break the text into several rows."
            ).format(line=line, name=name, limit=csv.field_size_limit())
        )
    return InputError(
        _(
            "{name} is broken at line {line}: a quotation mark is not closed, or stands "
            'in a quoted text and is not doubled (""). Mend it, or upload one text a '
            "line as .txt."
        ).format(name=name, line=line)
    )
