"""The rows that a prompt is put to, and what is right in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from core.errors import InputError
from core.language import _
from core.prompts.template import Row
from core.prompts.verbalizer import Verbalizer

if TYPE_CHECKING:
    import pandas as pd

ROW_LIMIT: Final = 1_000_000


def read_rows(rows: Sequence[Row] | pd.DataFrame) -> Sequence[Row]:
    """``rows`` as mappings. Raises InputError for none and for too many."""
    found: Sequence[Row]
    if hasattr(rows, "to_dict"):
        found = [
            {str(name): value for name, value in row.items()} for row in rows.to_dict("records")
        ]
    else:
        found = rows
    if not 0 < len(found) <= ROW_LIMIT:
        raise InputError(
            _("The table has {count:,} rows: give at least 1 and at most {limit:,}.").format(
                count=len(found), limit=ROW_LIMIT
            )
        )
    return found


def read_truths(rows: Sequence[Row], verbalizer: Verbalizer, column: str) -> tuple[str, ...]:
    """The label of each row, "" where it has none. InputError for one without a word."""
    known = set(verbalizer.labels)
    found = tuple(str(row[column]) if row.get(column) is not None else "" for row in rows)
    for number, label in enumerate(found, start=1):
        if label and label not in known:
            raise InputError(
                _(
                    "Row {row:,} has the label “{label}”, which has no word: the verbalizer has "
                    "{labels}. Give it one, or leave those rows out."
                ).format(
                    row=number,
                    label=label[:40],
                    labels=", ".join(f"“{each[:40]}”" for each in verbalizer.labels[:8]),
                )
            )
    return found
