"""Uploaded files as tables: CSV and TSV, JSONL, and text with one example a line.

Files are read piece by piece. The first row of a CSV or TSV names its columns. Parquet stands in
its own file.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Final, cast

from core.errors import InputError
from core.language import _
from core.text_files import TextEncoding, bounded_lines, find_encoding
from core.text_tables import cell_separator, table_rows
from core.tuning.labelled.tables import COLUMN_LIMIT, HEAD, Row, Table, make_table
from core.tuning.labelled.uploads import check_size, check_start, ending_of

TEXT_COLUMN: Final = "text"
"""What the only column of a text file is called."""


def read_file(path: Path, name: str) -> Table:
    """The file at ``path``, called ``name`` where something is said of it, as a table.

    Raises InputError: not what its ending says, too large, broken, without rows.
    """
    ending = ending_of(path.name)
    check_size(path.stat().st_size, name)
    with path.open("rb") as file:
        check_start(file.read(16), name, ending)
        if ending == "parquet":
            from core.tuning.labelled.parquet import read_parquet  # pyarrow takes a while

            return read_parquet(path, name)
        encoding = find_encoding(file, name)
    lines = bounded_lines_of(path, name, encoding)
    if ending == "txt":
        return make_table(name, [TEXT_COLUMN], _plain(lines))
    if ending == "jsonl":
        return _objects(lines, name)
    return _cells(lines, name, tabs=ending == "tsv")


def bounded_lines_of(path: Path, name: str, encoding: TextEncoding) -> Iterator[str]:
    """The lines of the file; it is closed after the last one, or when nobody asks any more."""
    with path.open("rb") as file, io.TextIOWrapper(file, encoding.codec, newline="") as text:
        yield from bounded_lines(text, name)


def _plain(lines: Iterator[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, (line.strip(),)


def _cells(lines: Iterator[str], name: str, *, tabs: bool) -> Table:
    first = list(islice(lines, HEAD))  # a quoted name may hold a line break
    separator = "\t" if tabs else cell_separator("".join(first))
    rows = table_rows(chain(first, lines), name, separator)
    _number, header = next(rows, (0, []))
    if not header:
        raise InputError(_("{name} has no rows: add one for each example.").format(name=name))
    width = len(header)
    if width > COLUMN_LIMIT:  # before anything is filled up to it
        return make_table(name, header, iter(()))
    filled = ((number, (*row, *[""] * (width - len(row)))) for number, row in rows)
    return make_table(name, header, filled)


def _objects(lines: Iterator[str], name: str) -> Table:
    found = (
        (number, _object(line, number, name))
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )
    first = list(islice(found, HEAD))
    columns = list(dict.fromkeys(key for _number, each in first for key in each))
    width = columns[: COLUMN_LIMIT + 1]
    rows = (
        (number, tuple(_cell(each.get(column)) for column in width))
        for number, each in chain(first, found)
    )
    return make_table(name, columns, rows)


def _cell(value: object) -> object:
    """A text, a number, a truth value or a list of them; anything deeper is nothing."""
    if isinstance(value, list):
        return [None if isinstance(part, list | dict) else part for part in value]
    return None if isinstance(value, dict | KeyError) else value


def _object(line: str, number: int, name: str) -> dict[str, object]:
    try:
        value = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        value = error
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    if isinstance(value, KeyError):  # never raised by json itself
        raise InputError(
            _("Line {line:,} of {name} names “{column}” twice: rename one.").format(
                line=number, name=name, column=str(value.args[0])[:60]
            )
        )
    raise InputError(
        _(
            "Line {line:,} of {name} is no JSON object: write one object a line, such as {example}."
        ).format(line=number, name=name, example='{"text": "…", "label": "…"}')
    )


def _once(pairs: list[tuple[str, object]]) -> object:
    """The object of ``pairs``, or the KeyError of a name that stands twice."""
    names = [name for name, _value in pairs]
    if len(set(names)) == len(names):
        return dict(pairs)
    return KeyError(next(name for name in names if names.count(name) > 1))
