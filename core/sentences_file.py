"""Sentences that somebody pastes or uploads: one a line, or a column of a CSV or TSV table.

Whatever is wrong with a file is one sentence that names the place and the remedy. What the
sentences are for is not known here, but for masks: they tell a column that has no known name.
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
from core.masked import SENTENCE_LIMIT, SPELLINGS
from core.text_files import decode_text, megabytes, shown_name
from core.text_tables import cell_separator, table_rows

BYTES_LIMIT: Final = 2_000_000
TYPES: Final = ("txt", "csv", "tsv")
"""The endings of the files that are read."""
TEXT_COLUMNS: Final = ("text", "sentence", "texts", "sentences", "句子", "文本")
"""What a column of sentences is called; the first of these wins. Capital letters count the same."""

_LINE: Final = re.compile(r"\r\n|\r|\n")  # str.splitlines also breaks at signs inside a line
_SPELLED: Final = tuple(spelling.casefold() for spelling in SPELLINGS)


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
    text, encoding = decode_text(data, shown)
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


def _of_table(text: str, name: str, *, tabs: bool) -> tuple[tuple[str, ...], str]:
    """The sentences of one column, and what the column is called."""
    lines = io.StringIO(text, newline="")
    separator = "\t" if tabs else cell_separator(text)
    rows = [row for _number, row in table_rows(lines, name, separator)]
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
