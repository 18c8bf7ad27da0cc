"""Numbers as tables for a spreadsheet.

A CSV begins with a UTF-8 byte order mark: without it Excel reads 中文 in the code page of its own
country; pandas and Python (``utf-8-sig``) leave it out. Its lines end as RFC 4180 has it. The first
``CSV_SKIP`` lines say where the numbers come from. A text that a spreadsheet would run as a formula
gets an apostrophe in front, which Excel shows as text (OWASP, "CSV injection"); numbers never do.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.attention.recording import FloatArray
from core.export.provenance import Provenance

CSV_SKIP: Final = len(fields(Provenance)) + 1
"""The lines before the table: one for each fact of the provenance, and an empty one."""

_MARK: Final = "\ufeff"
# Signs that begin a formula, wide ones too, and those that a spreadsheet drops before looking.
_RISKY: Final = tuple("=+-@＝＋－＠\t\r\n")


def table_csv(table: Iterable[Sequence[object]], provenance: Provenance) -> str:
    """Rows of texts and numbers, the head among them; None is an empty cell.

    In pandas: ``read_csv(file, skiprows=CSV_SKIP)``.
    """
    return facts_csv(table, provenance.items())


def facts_csv(table: Iterable[Sequence[object]], facts: Iterable[tuple[str, str]]) -> str:
    """``table_csv`` for what comes from no one model: other ``facts``, names and values, in front.

    An empty line ends them.
    """
    return _csv(([_cell(value) for value in row] for row in table), facts)


def head_csv(
    weights: FloatArray,
    query_labels: Sequence[str],
    key_labels: Sequence[str],
    provenance: Provenance,
    *,
    queries: Sequence[int] | None = None,
    keys: Sequence[int] | None = None,
) -> str:
    """One head, [query, key]: a row for each query, a column for each key.

    Above the columns and beside the rows stand the token's position and its text: ``queries`` and
    ``keys`` where they are not 0, 1, 2 … Weights are written so that float32 reads them back
    exactly. In pandas: ``read_csv(file, skiprows=CSV_SKIP, header=[0, 1], index_col=[0, 1])``.
    Raises ValueError where labels and weights do not fit together.
    """
    rows = range(len(query_labels)) if queries is None else queries
    columns = range(len(key_labels)) if keys is None else keys
    sizes = {weights.shape, (len(query_labels), len(key_labels)), (len(rows), len(columns))}
    if len(sizes) > 1:
        raise ValueError(f"weights of shape {weights.shape} and other counts of labels")
    numbers = weights.astype(np.float32).astype(str)
    table: list[list[str]] = [
        ["", "", *map(str, columns)],
        ["", "", *map(_harmless, key_labels)],
    ]
    for place, label, row in zip(rows, query_labels, numbers, strict=True):
        table.append([str(place), _harmless(label), *row])
    return _csv(table, provenance.items())


def values_csv(
    values: NDArray[np.floating],
    provenance: Provenance,
    *,
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
) -> str:
    """One number for each head, [layer, head]: a row for each layer, a column for each head.

    ``layers`` and ``heads`` are their numbers where not all are there. A number that is none, of a
    head that was not measured, is an empty cell. In pandas: ``read_csv(file, skiprows=CSV_SKIP,
    index_col=0)``. Raises ValueError where numbers and values do not fit together.
    """
    rows = range(values.shape[0]) if layers is None else layers
    columns = range(values.shape[1]) if heads is None else heads
    table = [["layer / head", *map(str, columns)]]
    for layer, row in zip(rows, values.astype(np.float32), strict=True):
        if len(row) != len(columns):
            raise ValueError(f"values of shape {values.shape} for {len(columns)} heads")
        table.append([str(layer), *("" if np.isnan(value) else str(value) for value in row)])
    return _csv(table, provenance.items())


def _csv(table: Iterable[Sequence[str]], facts: Iterable[tuple[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    for name, value in facts:
        writer.writerow([name, _harmless(value)])
    out.write("\r\n")
    writer.writerows(table)
    return _MARK + out.getvalue()


def _cell(value: object) -> str:
    """A text made harmless, and a number as it is; nothing as nothing."""
    return _harmless(value) if isinstance(value, str) else "" if value is None else str(value)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text
