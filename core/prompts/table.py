"""A table of rows for prompts: every column a variable, one of them the label, three parts.

Built-in sets, uploads and pasted text go through ``core.tuning.labelled``, whose limits hold here
too. Examples to show, rows to develop on and rows to test on are told apart by a seed, each label
in proportion, so that no test row is ever shown as a demonstration.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from core.errors import InputError
from core.language import _
from core.prompts.template import Row
from core.tuning.labelled.columns import guess_columns
from core.tuning.labelled.sources import open_source
from core.tuning.labelled.splitting import choose
from core.tuning.labelled.tables import Table
from core.tuning.labelled.uploads import store_upload

Part = Literal["examples", "development", "test"]
EXAMPLES_SHARE: Final = 0.2
MOST_EXAMPLES: Final = 500
PASTED_LIMIT: Final = 1_000_000
"""Characters of a pasted table."""
_NO_LABEL: Final = frozenset({"", "nan", "null", "n/a", "#n/a", "<na>"})
_SPLIT, _SAMPLE = 11, 12
_SAMPLES_KEPT: Final = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class PromptTable:
    """The rows of a source as texts by column.

    ``numbers`` are the rows as the source counts them. ``label`` is the column of the labels, ""
    where there is none; ``repeated`` and ``undecided`` count what was left out.
    """

    name: str
    columns: tuple[str, ...]
    label: str
    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: tuple[int, ...]
    repeated: int = 0
    undecided: int = 0

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def nbytes(self) -> int:
        """About how much memory the rows take."""
        texts = sum(sum(map(len, map(str, row.values()))) for row in self.rows)
        return 2 * texts + 300 * len(self.rows)

    @property
    def text(self) -> str:
        """The column with the longest texts among the first rows, not that of the labels."""
        others = [column for column in self.columns if column != self.label] or [self.label]
        return max(others, key=lambda name: sum(len(str(row[name])) for row in self.rows[:50]))

    def part(self, part: Part, *, seed: int = 0) -> tuple[int, ...]:
        """The places of the rows of one part, in the order of the table."""
        return self._parts(seed)[part]

    def sample(self, part: Part, count: int, *, seed: int = 0) -> tuple[int, ...]:
        """``count`` places of a part, drawn with ``seed`` in proportion to the labels."""
        places = self.part(part)
        if count >= len(places):
            return places
        key = (part, count, seed)
        if key not in self._samples:  # of a large table a draw takes a while
            groups = [self._group(place) for place in places]
            drawn = choose(groups, count, seed=(seed, _SAMPLE))
            while len(self._samples) >= _SAMPLES_KEPT:
                self._samples.pop(next(iter(self._samples)))
            self._samples[key] = tuple(places[at] for at in drawn)
        return self._samples[key]

    def chosen(self, places: Sequence[int]) -> tuple[Row, ...]:
        """The rows at ``places``."""
        return tuple(self.rows[place] for place in places)

    @cached_property
    def _samples(self) -> dict[tuple[Part, int, int], tuple[int, ...]]:
        return {}

    @cached_property
    def _known(self) -> dict[int, dict[Part, tuple[int, ...]]]:
        return {}

    def _parts(self, seed: int) -> dict[Part, tuple[int, ...]]:
        if seed not in self._known:
            every = list(range(len(self.rows)))
            groups = [self._group(place) for place in every]
            count = min(MOST_EXAMPLES, math.floor(EXAMPLES_SHARE * len(every)))
            shown = set(choose(groups, count, seed=(seed, _SPLIT)))
            rest = [place for place in every if place not in shown]
            of_rest = [groups[place] for place in rest]
            half = {
                rest[at] for at in choose(of_rest, (len(rest) + 1) // 2, seed=(seed, _SPLIT, 1))
            }
            self._known[seed] = {
                "examples": tuple(sorted(shown)),
                "development": tuple(place for place in rest if place in half),
                "test": tuple(place for place in rest if place not in half),
            }
        return self._known[seed]

    def _group(self, place: int) -> str:
        return str(self.rows[place].get(self.label, "")) if self.label else ""


def read_table(
    *, dataset: str = "", file: str = "", hub: str = "", label: str | None = None
) -> PromptTable:
    """The rows of a dataset of the catalogue, a stored upload or a hub dataset.

    ``label`` names the column of the labels; None takes the obvious one, "" none. Raises InputError
    for what cannot be read, has no rows, or lacks the column.
    """
    table = open_source(dataset=dataset, file=file, hub=hub)
    guessed = guess_columns(table, "classification").label
    named = guessed if label is None else label
    if named and named not in table.columns:
        raise InputError(
            _("{name} has no column “{column}”: choose one of {columns}.").format(
                name=table.name,
                column=named[:60],
                columns=", ".join(f"“{column[:40]}”" for column in table.columns[:8]),
            )
        )
    return _read(table, named)


def store_pasted(text: str) -> str:
    """Keep a pasted table (CSV, TSV or JSON lines) as an upload; the name it is kept by.

    Raises InputError for nothing, too much, and what no table can be made of.
    """
    if not text.strip():
        raise InputError(_("Nothing was pasted: paste a table whose first line names the columns."))
    if len(text) > PASTED_LIMIT:
        raise InputError(
            _(
                "The pasted table has {count:,} characters, the limit is {limit:,}: upload it."
            ).format(count=len(text), limit=PASTED_LIMIT)
        )
    ending = "jsonl" if text.lstrip().startswith("{") else "tsv" if "\t" in text else "csv"
    return store_upload(f"pasted.{ending}", io.BytesIO(text.encode("utf-8", "replace")))


def _read(table: Table, label: str) -> PromptTable:
    rows: list[Row] = []
    numbers: list[int] = []
    seen: set[tuple[str, ...]] = set()
    repeated = undecided = 0
    columns = tuple(column for column in table.columns if column)
    places = [table.columns.index(column) for column in columns]
    for number, cells in table.rows:
        texts = tuple(_text(cells[place]) for place in places)
        row = dict(zip(columns, texts, strict=True))
        if not any(texts):
            continue
        if label and (row[label] in table.undecided or row[label].casefold() in _NO_LABEL):
            undecided += 1
        elif texts in seen:
            repeated += 1
        else:
            seen.add(texts)
            rows.append(row)
            numbers.append(number)
    if not rows:
        raise InputError(
            _("{name} has 0 rows that can be used: add rows, or choose another column.").format(
                name=table.name
            )
        )
    found = dict.fromkeys(str(row[label]) for row in rows) if label else {}
    ordered = [name for name in table.label_order if name in found]
    return PromptTable(
        name=table.name,
        columns=columns,
        label=label,
        labels=tuple(ordered + sorted(name for name in found if name not in ordered)),
        rows=tuple(rows),
        numbers=tuple(numbers),
        repeated=repeated,
        undecided=undecided,
    )


def _text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, list | tuple):
        return " ".join(_text(part) for part in cell)
    return str(cell).strip()
