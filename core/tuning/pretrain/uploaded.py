"""An uploaded file as texts to train on: running text, or pairs of texts.

In a text file a blank line ends a text; in a table each row is one.
"""

from __future__ import annotations

from core.errors import InputError
from core.language import _
from core.tuning.documents import Document, document_of
from core.tuning.labelled.columns import Columns, guess_columns
from core.tuning.labelled.files import TEXT_COLUMN
from core.tuning.labelled.sources import open_source
from core.tuning.labelled.tables import Table
from core.tuning.labelled.uploads import ending_of

SOURCE = "file"


def read_upload(name: str, column: str = "") -> tuple[Document, ...]:
    """The texts in the upload ``name``. Raises InputError where it has no such column."""
    table = open_source(file=name)
    place = _place(table, column or guess_columns(table, "causal").text)
    paragraphs = table.columns == (TEXT_COLUMN,) and ending_of(name) == "txt"
    documents: list[Document] = []
    lines: list[str] = []
    before = 0
    for number, cells in table.rows:
        if lines and (not paragraphs or number != before + 1):
            _add(documents, lines)
        lines.append(_text(cells[place]))
        before = number
    _add(documents, lines)
    return tuple(documents)


def read_pairs(name: str, column: str = "", second: str = "") -> tuple[tuple[str, str], ...]:
    """The pairs of texts in the upload ``name``, blank ones left out.

    Without names the columns are those that are called so, else the first two. Raises InputError
    where there are none.
    """
    table = open_source(file=name)
    guessed: Columns = guess_columns(table, "completion")
    named = [each for each in table.columns if each]
    if len(named) < 2:
        raise InputError(
            _("{name} has one column; pairs need two, a text and what is to be written.").format(
                name=table.name
            )
        )
    first = column or guessed.text or next(each for each in named if each != guessed.second)
    other = second or guessed.second or next(each for each in named if each != first)
    places = _place(table, first), _place(table, other)
    found = (tuple(_text(cells[place]) for place in places) for _number, cells in table.rows)
    return tuple((first, made) for first, made in found if first and made)


def _place(table: Table, column: str) -> int:
    if column not in table.columns:
        raise InputError(
            _("{name} has no column “{column}”: choose among {columns}.").format(
                name=table.name, column=column[:60], columns=", ".join(table.columns)[:200]
            )
        )
    return table.columns.index(column)


def _add(documents: list[Document], lines: list[str]) -> None:
    found = document_of(" ".join(lines), source=SOURCE, title=str(len(documents) + 1))
    if found:
        documents.append(found)
    lines.clear()


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
