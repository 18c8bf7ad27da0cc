"""Datasets of the model hub as tables: rows fetched once and kept, so that a run can be repeated.

Only sets stored as tables are read (CSV, JSON, Parquet, Arrow, text): nothing that runs code or
holds pictures. The set's own validation rows are marked in the column ``split``; its test rows are
not fetched.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core import storage
from core.catalogue import Progress
from core.catalogue.fetching import fetch_into, silent, state_folder
from core.errors import HeadlightError, InputError
from core.language import _
from core.text_files import megabytes
from core.tuning.labelled.files import read_file
from core.tuning.labelled.hub_faults import told
from core.tuning.labelled.hub_names import check_hub_name
from core.tuning.labelled.tables import ROW_LIMIT, Table
from core.tuning.labelled.uploads import SIZE_LIMIT

if TYPE_CHECKING:
    from datasets import DatasetBuilder

SPLIT: Final = "split"
ROWS: Final = "rows.jsonl"

_PACKAGED: Final = "datasets.packaged_modules."
_TABLES: Final = ("csv", "json", "parquet", "arrow", "text")
_VALIDATION: Final = ("validation", "valid", "val", "dev")
_TICK: Final = 2_000
_log = logging.getLogger(__name__)


def read_hub(name: str, progress: Progress | None = None) -> Table:
    """The dataset ``name`` ("owner/name" or "owner/name:part"), fetched where it is not kept yet.

    Rows are numbered from 1. Raises InputError for a name that is none or a set that cannot be
    read, ``FetchError`` or one of its kinds where the hub hands nothing out.
    """
    repository, part = check_hub_name(name)
    kept = "--".join(("hub", *repository.split("/"), *([part] if part else [])))
    target = state_folder(storage.datasets_folder) / kept
    if not (target / ROWS).is_file():
        fetch_into(
            target,
            name=name,
            needed=SIZE_LIMIT,
            is_done=lambda: (target / ROWS).is_file(),
            fill=lambda _work, folder, report: write_rows(repository, part, folder / ROWS, report),
            progress=progress or silent,
        )
    return read_file(target / ROWS, name)


def write_rows(repository: str, part: str, file: Path, progress: Progress) -> None:
    """Write the rows of the dataset, one JSON object a line, training before validation."""
    progress(0.0, _("Asking the hub for {name}").format(name=repository))
    size = 0
    with file.open("x", encoding="utf-8") as out:
        for count, row in enumerate(_rows(repository, part), start=1):
            line = json.dumps(row, ensure_ascii=True) + "\n"
            size += len(line)
            if size > SIZE_LIMIT or count > ROW_LIMIT:
                raise InputError(
                    _(
                        "{name} has more than {rows:,} rows or {size}: save a part of it as a "
                        "file, and upload that."
                    ).format(name=repository, rows=ROW_LIMIT, size=megabytes(SIZE_LIMIT))
                )
            out.write(line)
            if count % _TICK == 0:
                message = _("Fetching {name}: {count:,} rows").format(name=repository, count=count)
                progress(min(0.9, size / SIZE_LIMIT), message)
    if not size:
        raise InputError(_("{name} has no rows: choose another set.").format(name=repository))


def _rows(repository: str, part: str) -> Iterator[dict[str, object]]:
    """The rows as the hub gives them; whatever goes wrong there is one sentence."""
    try:
        yield from _streamed(repository, part)
    except HeadlightError:
        raise
    except Exception as error:
        _log.warning("the hub failed on the dataset %s", repository, exc_info=True)
        raise told(error, repository) from error


def _streamed(repository: str, part: str) -> Iterator[dict[str, object]]:
    import datasets  # takes a second to import

    builder = datasets.load_dataset_builder(repository, part or None)
    _check_format(builder, repository)
    streams = builder.as_streaming_dataset()
    first = "train" if "train" in streams else next(iter(streams))
    held_out = next((name for name in _VALIDATION if name in streams and first == "train"), "")
    for name in (first, *([held_out] if held_out else [])):
        stream = streams[name]
        marked = {SPLIT: "train" if name == first else "validation"} if held_out else {}
        if stream.features is not None:
            plain = _plain_columns(stream.features, repository)
            stream = stream.select_columns(list(plain))
        else:  # CSV, JSON and text say what a cell is only by the cell
            plain = {}
        for row in stream:
            yield {**{key: _named(cell, plain.get(key, [])) for key, cell in row.items()}, **marked}


def _check_format(builder: DatasetBuilder, repository: str) -> None:
    module = type(builder).__module__
    if module.removeprefix(_PACKAGED).partition(".")[0] not in _TABLES:
        raise InputError(
            _(
                "{name} is not stored as a table (CSV, JSON, Parquet, Arrow or text): choose "
                "another set, or upload a file."
            ).format(name=repository)
        )


def _plain_columns(features: Mapping[str, object], repository: str) -> dict[str, list[str]]:
    """The columns of texts, numbers and lists of them, each with the names of its labels."""
    import datasets

    plain: dict[str, list[str]] = {}
    for name, feature in features.items():
        inner = getattr(feature, "feature", feature)
        if isinstance(inner, datasets.ClassLabel):
            plain[name] = list(inner.names)
        elif isinstance(inner, datasets.Value) and "binary" not in inner.dtype:
            plain[name] = []
    if not plain:
        raise InputError(
            _("{name} has no column of texts or numbers: choose another set.").format(
                name=repository
            )
        )
    return plain


def _named(value: object, names: list[str]) -> object:
    """A number of a label as its name, in lists too; below 0 there is no label. Dates as texts."""
    if isinstance(value, list):
        return [_named(each, names) for each in value]
    if names and isinstance(value, int):
        return names[value] if 0 <= value < len(names) else None
    if value is None or isinstance(value, dict | bytes):
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)
