"""Sentences that somebody pastes or uploads: one a line, or a column of a CSV or TSV table.

Whatever is wrong with a file is one sentence that names the place and the remedy. What the
sentences are for is not known here, but for masks: they tell a column that has no known name.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import PurePath
from typing import Final

from core.errors import InputError
from core.language import _
from core.masked import SENTENCE_LIMIT, SPELLINGS

BYTES_LIMIT: Final = 2_000_000
TYPES: Final = ("txt", "csv", "tsv")
"""The endings of the files that are read."""
TEXT_COLUMNS: Final = ("text", "sentence", "texts", "sentences", "句子", "文本")
"""What a column of sentences is called; the first of these wins. Capital letters count the same."""

_NAME_SHOWN: Final = 60
_LINE: Final = re.compile(r"\r\n|\r|\n")  # str.splitlines also breaks at signs inside a line
_SPELLED: Final = tuple(spelling.casefold() for spelling in SPELLINGS)
# What Excel workbooks, PDF, archives and pictures begin with.
_BINARY: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_MOSTLY: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class SentencesFile:
    """The sentences in their order; ``column`` is the one they stood in, by its name, or by its
    number from 1 where the table has no header; "" where every line is a sentence. ``encoding`` is
    how the file was read."""

    sentences: tuple[str, ...]
    column: str = ""
    encoding: str = "UTF-8"


def split_sentences(text: str) -> tuple[str, ...]:
    """The lines of ``text`` that are not blank, without the spaces around them."""
    return tuple(line.strip() for line in _LINE.split(text) if line.strip())


def read_sentences(data: bytes, name: str) -> SentencesFile:
    """The sentences of the file ``name``: of a .txt every line, of a .csv or .tsv one column.

    The column is called as ``TEXT_COLUMNS`` say, or it is the only one with masks; a first row
    with a mask is no header. UTF-8, UTF-16 with its mark and GB 18030 are read. Raises InputError:
    another ending, no text, too large, more than ``SENTENCE_LIMIT`` sentences, a broken table, no
    column or several.
    """
    ending = PurePath(name).suffix.casefold().removeprefix(".")
    shown = name if len(name) <= _NAME_SHOWN else f"…{name[-_NAME_SHOWN:]}"
    if ending not in TYPES:
        raise InputError(
            _("{name} is none of the files that are read: upload .txt, .csv or .tsv.").format(
                name=shown
            )
        )
    if len(data) > BYTES_LIMIT:
        raise InputError(
            _("{name} has {size}, the limit is {limit}: split it.").format(
                name=shown, size=_megabytes(len(data)), limit=_megabytes(BYTES_LIMIT)
            )
        )
    text, encoding = _decoded(data, shown)
    if ending == "txt":
        sentences, column = split_sentences(text), ""
    else:
        sentences, column = _of_table(text, shown, tabs=ending == "tsv")
    if not any(sentences):
        raise InputError(_("{name} is empty: put one sentence on each line.").format(name=shown))
    if len(sentences) > SENTENCE_LIMIT:
        raise InputError(
            _("{name} has {count:,} sentences, the limit is {limit:,}: split it.").format(
                name=shown, count=len(sentences), limit=SENTENCE_LIMIT
            )
        )
    return SentencesFile(sentences=sentences, column=column, encoding=encoding)


def _megabytes(count: int) -> str:
    """Rounded up, so that what is above a limit reads so."""
    return f"{ceil(count / 1e5) / 10:g} MB"


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    """The text of the file and its encoding. Raises InputError for what is no text."""
    no_text = InputError(
        _(
            "{name} is no text file: save it as text or as CSV in UTF-8 (in Excel: Save as, "
            "CSV UTF-8)."
        ).format(name=name)
    )
    if data.startswith(_BINARY):
        raise no_text
    marked = data.startswith(_UTF_16)
    if not marked and b"\0" in data:
        raise no_text
    text = _read_as(data, "utf-16" if marked else "utf-8-sig")
    if text is not None and "\0" not in text:
        return text, "UTF-16" if marked else "UTF-8"
    if marked:
        raise no_text
    text = _read_as(data, "gb18030")
    if text is None or not _is_chinese(text):
        raise InputError(
            _(
                "{name} is not in UTF-8: save it as UTF-8 (in Excel: Save as, CSV UTF-8) and "
                "upload it again."
            ).format(name=name)
        )
    return text, "GB 18030"


def _read_as(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_chinese(text: str) -> bool:
    """Whether what GB 18030 made of a file is Chinese: it makes something of any other code too.

    Other codes give rare characters, Chinese texts all but only those of GB 2312.
    """
    beyond = [sign for sign in text if not sign.isascii()]
    usual = sum(_read_back(sign) for sign in beyond)
    return usual >= _MOSTLY * len(beyond) and any("\u4e00" <= sign <= "\u9fff" for sign in beyond)


def _read_back(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _of_table(text: str, name: str, *, tabs: bool) -> tuple[tuple[str, ...], str]:
    """The sentences of one column, and what the column is called."""
    rows = list(_rows(text, name, "\t" if tabs else _separator(text)))
    if not rows:
        return (), ""
    first = rows[0]
    headed = bool(_named(first)) or not any(map(_has_mask, first))
    body = rows[1:] if headed else rows
    if not body:
        raise InputError(
            _("{name} has a header and nothing under it: add a row for each sentence.").format(
                name=name
            )
        )
    place = _column(first if headed else [], body, name)
    sentences = tuple(row[place].strip() if place < len(row) else "" for row in body)
    return sentences, first[place].strip() if headed else str(place + 1)


def _separator(text: str) -> str:
    """What parts the cells of the first row: where numbers have a comma, spreadsheets write ;."""
    start = text.lstrip("\r\n")

    def cells(separator: str) -> int:
        rows = csv.reader(io.StringIO(start, newline=""), delimiter=separator)
        try:
            return len(next(rows, []))
        except csv.Error:
            return 0

    return max((",", ";", "\t"), key=cells)  # of equals the first


def _rows(text: str, name: str, separator: str) -> Iterator[list[str]]:
    """The rows that are not blank. Raises InputError for one that does not fit the first."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    width = 0
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                _(
                    "{name} is broken at line {line}: a quotation mark is not closed, or stands "
                    'in a quoted text and is not doubled (""). Mend it, or upload one sentence a '
                    "line as .txt."
                ).format(name=name, line=line)
            ) from error
        while width and len(row) > width and not row[-1].strip():
            row.pop()
        if not any(cell.strip() for cell in row):
            continue
        width = width or len(row)
        if len(row) > width:
            raise InputError(
                _(
                    "Line {line} of {name} has {count} cells and the first row {width}: put a text "
                    "with “{separator}” in quotation marks, or upload one sentence a line as .txt."
                ).format(
                    line=line,
                    name=name,
                    count=len(row),
                    width=width,
                    separator="Tab" if separator == "\t" else separator,
                )
            )
        yield row


def _column(header: Sequence[str], body: Sequence[Sequence[str]], name: str) -> int:
    """Which column holds the sentences: by its name, or as the only one with masks."""
    if named := _named(header):
        return named[0]
    masked = sorted({place for row in body for place, cell in enumerate(row) if _has_mask(cell)})
    if len(masked) == 1:
        return masked[0]
    if masked:
        shown = [header[place].strip() if header else str(place + 1) for place in masked]
        raise InputError(
            _(
                "Several columns of {name} hold masks ({columns}): call the one to read “text”."
            ).format(name=name, columns=", ".join(shown[:4]))
        )
    raise InputError(
        _(
            "No column of {name} is called “text” or “sentence”, and none holds [MASK]: name the "
            "column to read “text”."
        ).format(name=name)
    )


def _named(header: Sequence[str]) -> list[int]:
    """The columns with a name of ``TEXT_COLUMNS``, the best name first."""
    names = [cell.strip().casefold() for cell in header]
    return [names.index(wanted) for wanted in TEXT_COLUMNS if wanted in names]


def _has_mask(cell: str) -> bool:
    folded = cell.casefold()
    return any(spelling in folded for spelling in _SPELLED)
