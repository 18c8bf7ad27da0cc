"""Texts that somebody pastes or uploads for a task: one a line, or a column of a CSV or TSV table.

Whatever is wrong with a file is one sentence that names the place and the remedy.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from core.errors import InputError
from core.language import _
from core.text_files import decode_text, megabytes, shown_name
from core.text_tables import cell_separator, table_rows

BYTES_LIMIT: Final = 20_000_000
ROW_LIMIT: Final = 50_000
TYPES: Final = ("txt", "csv", "tsv")
TEXT_COLUMNS: Final = (
    "text", "texts", "sentence", "sentences", "question", "review", "message", "content",
    "文本", "句子", "内容",
)  # fmt: skip
"""What a column of texts is called; the first of these wins. Capital letters count the same."""

_LINE: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTexts:
    """The texts in their order; ``column`` is the one they stood in, "" where each is a line.

    ``seconds`` are those of a second column, where one was asked for.
    """

    texts: tuple[str, ...]
    column: str = ""
    seconds: tuple[str, ...] = ()


def read_texts(data: bytes, name: str, *, column: str = "", second: str = "") -> TaskTexts:
    """The texts of the file ``name``: of a .txt every line, of a .csv or .tsv the ``column``.

    Without a ``column`` the one that is called as ``TEXT_COLUMNS`` say, or the only one; ``second``
    names a column of second texts. UTF-8, UTF-16 with its mark and GB 18030 are read. Raises
    InputError: another ending, nothing to read, too large, more than ``ROW_LIMIT`` texts, a broken
    table, no such column.
    """
    ending = PurePath(name).suffix.casefold().removeprefix(".")
    shown = shown_name(name)
    if ending not in TYPES:
        raise InputError(
            _("{name} is none of the files that are read: upload .txt, .csv or .tsv.").format(
                name=shown
            )
        )
    if len(data) > BYTES_LIMIT:
        raise InputError(
            _("{name} has {size}, the limit is {limit}: split it.").format(
                name=shown, size=megabytes(len(data)), limit=megabytes(BYTES_LIMIT)
            )
        )
    text, _encoding = decode_text(data, shown)
    if ending == "txt":
        lines = tuple(line.strip() for line in _LINE.split(text) if line.strip())
        found = TaskTexts(texts=lines)
    else:
        found = _of_table(text, shown, column, second, tabs=ending == "tsv")
    if not any(found.texts):
        raise InputError(_("{name} is empty: put one text on each line.").format(name=shown))
    if len(found.texts) > ROW_LIMIT:
        raise InputError(
            _("{name} has {count:,} texts, the limit is {limit:,}: split it.").format(
                name=shown, count=len(found.texts), limit=ROW_LIMIT
            )
        )
    return found


def _of_table(text: str, name: str, column: str, second: str, *, tabs: bool) -> TaskTexts:
    lines = io.StringIO(text, newline="")
    separator = "\t" if tabs else cell_separator(text)
    rows = [row for _number, row in table_rows(lines, name, separator)]
    if not rows:
        return TaskTexts(texts=())
    head = [cell.strip() for cell in rows[0]]
    place = _place(head, column, name)
    headed = bool(column) or len(head) > 1 or head[place].casefold() in TEXT_COLUMNS
    body = rows[1:] if headed else rows
    if not body:
        raise InputError(
            _("{name} has a header and nothing under it: add a row for each text.").format(
                name=name
            )
        )
    return TaskTexts(
        texts=_cells(body, place),
        column=head[place] if headed else "",
        seconds=_cells(body, _named(head, second, name)) if second else (),
    )


def _cells(rows: Sequence[Sequence[str]], place: int) -> tuple[str, ...]:
    return tuple(row[place].strip() if place < len(row) else "" for row in rows)


def _place(head: Sequence[str], column: str, name: str) -> int:
    """Which column holds the texts."""
    if column:
        return _named(head, column, name)
    if len(head) == 1:
        return 0
    folded = [cell.casefold() for cell in head]
    for known in TEXT_COLUMNS:
        if known in folded:
            return folded.index(known)
    raise InputError(
        _("{name} has no column called text: name one of its columns ({columns}).").format(
            name=name, columns=_listed(head)
        )
    )


def _named(head: Sequence[str], column: str, name: str) -> int:
    folded = [cell.casefold() for cell in head]
    if column.strip().casefold() not in folded:
        raise InputError(
            _("{name} has no column “{column}”: name one of its columns ({columns}).").format(
                name=name, column=column.strip()[:40], columns=_listed(head)
            )
        )
    return folded.index(column.strip().casefold())


def _listed(head: Sequence[str]) -> str:
    return ", ".join(cell[:24] for cell in head[:8]) + (" …" if len(head) > 8 else "")
