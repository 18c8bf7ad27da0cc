"""Parquet files as tables. What a file says of its size is checked before anything is unpacked.

Texts are kept as the file packs them, each different one once, until their sizes are known: a few
kilobytes can say one text a million times.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from core.errors import InputError
from core.language import _
from core.text_files import megabytes
from core.tuning.labelled.tables import (
    CELL_LIMIT,
    CELLS_LIMIT,
    COLUMN_LIMIT,
    ROW_LIMIT,
    Row,
    Table,
    make_table,
    too_many_cells,
)

UNPACKED_LIMIT: Final = 1_000_000_000
"""The most bytes that the columns of a file may take unpacked."""
FOOTER_LIMIT: Final = 20_000_000

_BATCH: Final = 1_000


def read_parquet(path: Path, name: str) -> Table:
    """The Parquet file at ``path``; columns that hold no texts, numbers or lists of them are empty.

    Raises InputError: broken, or above a limit.
    """
    try:
        file = pq.ParquetFile(path, thrift_string_size_limit=FOOTER_LIMIT)
        _check(file.metadata, name)
        columns = list(file.schema_arrow.names)
        packed = [field.name for field in file.schema_arrow if _is_text(field.type)]
        file.close()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _broken(name) from error
    return make_table(name, columns, _rows(path, name, packed))


def _rows(path: Path, name: str, packed: list[str]) -> Iterator[Row]:
    number = 0
    room = UNPACKED_LIMIT
    try:
        with pq.ParquetFile(path, read_dictionary=packed, pre_buffer=False) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                room -= _unpacked(batch, name)
                if room < 0:
                    raise _too_large(name)
                lists = [_values(column) for column in batch.columns]
                for cells in zip(*lists, strict=True):
                    number += 1
                    yield number, cells
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _broken(name) from error


def _check(metadata: pq.FileMetaData, name: str) -> None:
    if metadata.num_rows > ROW_LIMIT:
        raise InputError(
            _("{name} has more than {limit:,} rows: split it.").format(name=name, limit=ROW_LIMIT)
        )
    if metadata.num_columns > COLUMN_LIMIT:
        raise InputError(
            _("{name} has {count:,} columns, the limit is {limit:,}: keep those you need.").format(
                name=name, count=metadata.num_columns, limit=COLUMN_LIMIT
            )
        )
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    # A list of a billion equal numbers is packed into a kilobyte.
    values = (
        group.column(each).num_values for group in groups for each in range(group.num_columns)
    )
    if sum(group.total_byte_size for group in groups) > UNPACKED_LIMIT:
        raise _too_large(name)
    if sum(values) > CELLS_LIMIT:
        raise too_many_cells(name)


def _unpacked(batch: pa.RecordBatch, name: str) -> int:
    """The bytes of the batch with every text written out; a text above the limit is refused."""
    total = 0
    for column in batch.columns:
        if not isinstance(column, pa.DictionaryArray) or not _is_text(column.type.value_type):
            total += column.nbytes
            continue
        sizes = pc.fill_null(pc.binary_length(column.dictionary), 0)
        if len(sizes) and pc.max(sizes).as_py() > 4 * CELL_LIMIT:  # bytes; a character has up to 4
            raise InputError(
                _("A cell of {name} has more than {limit:,} characters: break the text up.").format(
                    name=name, limit=CELL_LIMIT
                )
            )
        total += pc.sum(pc.take(sizes, column.indices.drop_null())).as_py() or 0
    return total


def _values(column: pa.Array) -> list[object]:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    return column.to_pylist() if _is_plain(kind) else [None] * len(column)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind = kind.value_type
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return _is_text(kind) or number or pa.types.is_boolean(kind)


def _too_large(name: str) -> InputError:
    return InputError(
        _("{name} has more than {limit} unpacked: split it.").format(
            name=name, limit=megabytes(UNPACKED_LIMIT)
        )
    )


def _broken(name: str) -> InputError:
    return InputError(
        _("{name} is broken or no Parquet file: write it again, or upload it as CSV.").format(
            name=name
        )
    )
