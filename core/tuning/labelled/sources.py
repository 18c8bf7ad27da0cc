"""A source opened as a table, whatever it is, and a look at its first rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.catalogue import Progress
from core.errors import InputError
from core.language import _
from core.tuning.labelled.columns import Columns, guess_columns, guess_kind
from core.tuning.labelled.examples import Kind
from core.tuning.labelled.files import read_file
from core.tuning.labelled.tables import Row, Table
from core.tuning.labelled.uploads import upload_path

SHOWN_ROWS: Final = 20
SHOWN_SIGNS: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first rows of a source as texts, cut at ``SHOWN_SIGNS``, and what it seems to be for.

    ``numbers`` are those of the rows; ``guessed`` are the columns for ``kind``.
    """

    name: str
    columns: tuple[str, ...]
    numbers: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: Kind
    guessed: Columns


def open_source(
    *, dataset: str = "", file: str = "", hub: str = "", progress: Progress | None = None
) -> Table:
    """The table of a dataset of the catalogue, of a stored upload or of a hub dataset.

    Raises InputError for what cannot be read, ``FetchError`` for what cannot be fetched.
    """
    if file:
        return read_file(upload_path(file), file)
    if hub:
        from core.tuning.labelled.hub import read_hub

        return read_hub(hub, progress)
    if dataset:
        from core.tuning.labelled.catalogued import read_catalogued

        return read_catalogued(dataset, progress)
    raise InputError(_("Choose one place for the data: a dataset, an uploaded file or a hub name."))


def preview(
    *, dataset: str = "", file: str = "", hub: str = "", progress: Progress | None = None
) -> Preview:
    """The first rows of a source, and the kind and columns that are most likely meant."""
    table = open_source(dataset=dataset, file=file, hub=hub, progress=progress)
    kind = guess_kind(table)
    first = table.head[:SHOWN_ROWS]
    return Preview(
        name=table.name,
        columns=table.columns,
        numbers=tuple(number for number, _cells in first),
        rows=tuple(_shown(row) for row in first),
        kind=kind,
        guessed=guess_columns(table, kind),
    )


def _shown(row: Row) -> tuple[str, ...]:
    return tuple(_short(cell) for cell in row[1])


def _short(cell: object) -> str:
    if isinstance(cell, list | tuple):
        text = " ".join(str(part) for part in cell[:SHOWN_SIGNS])
    else:
        text = "" if cell is None else str(cell)
    return text if len(text) <= SHOWN_SIGNS else f"{text[:SHOWN_SIGNS]}…"
