"""Labels as classes: what they are called, in which order, and whether they are classes at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from core.errors import InputError
from core.language import _
from core.tuning.labelled.examples import LABELLED, Kind
from core.tuning.labelled.records import Record

LABEL_LIMIT: Final = 1_000
SIGNS_LIMIT: Final = 200
_PLAIN: Final = re.compile(r"[+-]?([0-9]{1,300}(\.[0-9]{0,300})?|\.[0-9]{1,300})(e[+-][0-9]{1,2})?")
MEASURED: Final = 20
"""So many different numbers with fractions are measurements, not classes."""


def name_numbers(records: Sequence[Record], column: str) -> None:
    """Where every label is a number, write equal ones equally: 1, 1.0 and "1" are one class.

    Raises InputError for numbers that are measurements.
    """
    numbers: dict[str, Decimal] = {}
    for name in {record.label for record in records}:
        number = _number(name)
        if number is None:
            return
        numbers[name] = number
    broken = [name for name, number in numbers.items() if number != number.to_integral_value()]
    if broken and len(set(numbers.values())) > MEASURED:
        raise InputError(
            _(
                "The column “{column}” holds numbers such as {value}, which are no classes: write "
                "a word for each range of them, or choose another column."
            ).format(column=column, value=min(broken))
        )
    for record in records:
        number = numbers[record.label]
        whole = number == number.to_integral_value()
        record.label = str(int(number)) if whole else f"{number.normalize():f}"


def check_labels(records: Sequence[Record], kind: Kind, column: str) -> None:
    """Raise InputError where the labels of the records are no classes to learn."""
    check_several(records, kind, column)
    names = _names(records, kind)
    long = next((record for record in records if _longest(record) > SIGNS_LIMIT), None)
    if long is not None:
        raise InputError(
            _(
                "The label in row {row} has {count:,} characters, the limit is {limit}: choose "
                "the column that holds labels."
            ).format(row=long.row, count=_longest(long), limit=SIGNS_LIMIT)
        )
    if len(names) > LABEL_LIMIT:
        raise InputError(
            _(
                "The column “{column}” has {count:,} different labels, the limit is {limit:,}: "
                "choose the column that holds labels."
            ).format(column=column, count=len(names), limit=LABEL_LIMIT)
        )
    if kind in LABELLED and len(names) == len(records):
        raise InputError(
            _(
                "Every row has a label of its own in the column “{column}”: choose the column that "
                "holds labels, or add rows of each."
            ).format(column=column)
        )


def check_several(records: Sequence[Record], kind: Kind, column: str) -> None:
    """Raise InputError where the records have one label only."""
    names = _names(records, kind)
    if len(names) < 2:
        raise InputError(
            _(
                "The column “{column}” has one label only (“{label}”): add rows of another, or "
                "choose another column."
            ).format(column=column, label=next(iter(names), "")[:60])
        )


def label_names(
    records: Sequence[Record], kind: Kind, known_order: Sequence[str] = ()
) -> tuple[str, ...]:
    """The labels or tags of the records: known ones in their order, then by size or by name."""
    names = _names(records, kind)
    known = [name for name in known_order if name in names]
    rest = names - set(known)
    numbers = {name: _number(name) for name in rest}
    if all(number is not None for number in numbers.values()):
        return (*known, *sorted(rest, key=lambda name: (numbers[name] or 0.0, name)))
    return (*known, *sorted(rest))


def marks(record: Record, kind: Kind) -> Iterable[str]:
    """The label of a record, or its tags."""
    return record.tags if kind == "tagging" else (record.label,)


def _names(records: Sequence[Record], kind: Kind) -> set[str]:
    return {name for record in records for name in marks(record, kind)}


def _longest(record: Record) -> int:
    return max(map(len, (record.label, *record.tags)))


def _number(name: str) -> Decimal | None:
    """The number that ``name`` is as people and tables write it; "1_1" and "1e2" are codes."""
    return Decimal(name) if _PLAIN.fullmatch(name.strip()) else None
