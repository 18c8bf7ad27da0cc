"""Datasets of the catalogue as tables: their columns stand in ``core.catalogue.tables``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from core.catalogue import Progress, find_dataset, read_dataset
from core.tuning.labelled.tables import Row, Table, make_table

if TYPE_CHECKING:
    import pandas as pd

_UNDECIDED: Final = {"movie-snippets": frozenset({"neutral"})}
"""Labels that are no class: a score of 0 calls a film neither good nor bad."""


def read_catalogued(dataset_id: str, progress: Progress | None = None) -> Table:
    """The dataset of that id, fetched if need be; rows are numbered from 1.

    Raises what ``core.catalogue.read_dataset`` raises.
    """
    frame = read_dataset(dataset_id, progress)
    entry = find_dataset(dataset_id)
    return make_table(
        entry.title if entry else dataset_id,
        [str(column) for column in frame.columns],
        _rows(frame),
        label_order=entry.labels if entry else (),
        undecided=_UNDECIDED.get(dataset_id, frozenset()),
    )


def _rows(frame: pd.DataFrame) -> Iterator[Row]:
    yield from enumerate(frame.itertuples(index=False, name=None), start=1)
