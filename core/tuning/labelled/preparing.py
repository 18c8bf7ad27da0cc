"""``prepare``: from a source to examples for training and validation, and the report on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.catalogue import Progress
from core.catalogue.fetching import part, silent
from core.errors import InputError
from core.language import _
from core.tuning.labelled.cleaning import take_given_split, without_leaks, without_repeats
from core.tuning.labelled.columns import Columns, find_columns
from core.tuning.labelled.examples import LABELLED, PAIRED, DataSource, Examples
from core.tuning.labelled.labels import (
    check_labels,
    check_several,
    label_names,
    name_numbers,
)
from core.tuning.labelled.records import Findings, Record, read_records
from core.tuning.labelled.report import DataReport, class_problems, count_classes
from core.tuning.labelled.sources import open_source
from core.tuning.labelled.splitting import choose
from core.tuning.labelled.tables import Table

_LIMIT_STREAM = 0
_SPLIT_STREAM = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The examples of both parts, with the same ``label_names``, and what was found."""

    train: Examples
    validation: Examples
    report: DataReport


def prepare(source: DataSource, *, progress: Progress | None = None) -> Prepared:
    """Read, clean and split the source; the same source and seed give the same examples.

    Repeats and contradictions are left out before the split, which keeps the proportions of
    labels; a split that the source itself has is kept. Raises InputError where nothing can be
    learnt from it, ``FetchError`` where it cannot be fetched.
    """
    told = progress or silent
    table = open_source(
        dataset=source.dataset, file=source.file, hub=source.hub, progress=part(told, 0.0, 0.5)
    )
    columns = find_columns(table, source)
    findings = Findings()
    found, rows = read_records(table, columns, source.kind, findings, part(told, 0.5, 0.8))
    told(0.8, _("Looking for repeats in {name}").format(name=table.name))
    records, given = take_given_split(found, findings)
    sound = _sound(records, source, columns, findings)
    taken = _limited(sound, source)
    train, validation = _split(taken, source, given)
    if given and train and columns.label:  # its training rows may all have one
        check_several(train, source.kind, columns.label)
    validation = without_leaks(train, validation, source.kind, findings)
    _check_parts(train, validation, table)
    told(1.0, _("{name} is ready.").format(name=table.name))
    return _prepared(
        source, table, train, validation, _Counts(rows, len(sound) - len(taken), given), findings
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    rows: int
    not_taken: int
    given: bool


def _sound(
    records: Sequence[Record], source: DataSource, columns: Columns, findings: Findings
) -> list[Record]:
    """The records without repeats, their labels checked."""
    if source.kind in LABELLED and records:
        name_numbers(records, columns.label)
    kept = without_repeats(records, source.kind, findings)
    if (source.kind in LABELLED or source.kind == "tagging") and kept:
        check_labels(kept, source.kind, columns.label)
    return kept


def _limited(records: list[Record], source: DataSource) -> list[Record]:
    if not source.limit or len(records) <= source.limit:
        return records
    groups = [f"{record.part}\0{record.label}" for record in records]
    places = choose(groups, source.limit, seed=(source.seed, _LIMIT_STREAM), least=1)
    return [records[place] for place in places]


def _split(
    records: Sequence[Record], source: DataSource, given: bool
) -> tuple[list[Record], list[Record]]:
    if given:
        parts = {name: [r for r in records if r.part == name] for name in ("train", "validation")}
        return parts["train"], parts["validation"]
    count = max(1, round(source.validation * len(records)))
    groups = [record.label for record in records]
    held_out = set(choose(groups, count, seed=(source.seed, _SPLIT_STREAM), spared=1))
    train = [record for place, record in enumerate(records) if place not in held_out]
    return train, [records[place] for place in sorted(held_out)]


def _check_parts(train: Sequence[Record], validation: Sequence[Record], table: Table) -> None:
    if not train:
        raise InputError(
            _(
                "Nothing can be learnt from {name}: its rows are empty or contradict each other. "
                "Choose other columns, or mend the rows."
            ).format(name=table.name)
        )
    if not validation:
        raise InputError(
            _(
                "{name} leaves nothing to check with: add rows that differ in their words (at "
                "least 2, of 2 labels at least 2 each)."
            ).format(name=table.name)
        )


def _prepared(
    source: DataSource,
    table: Table,
    train: Sequence[Record],
    validation: Sequence[Record],
    counts: _Counts,
    findings: Findings,
) -> Prepared:
    names: tuple[str, ...] = ()
    if source.kind in LABELLED or source.kind == "tagging":
        names = label_names([*train, *validation], source.kind, table.label_order)
    parts = [_examples(each, source, names) for each in (train, validation)]
    classes = count_classes(parts[0], parts[1]) if names else ()
    report = DataReport(
        name=table.name,
        rows=counts.rows,
        train=len(train),
        validation=len(validation),
        not_taken=counts.not_taken,
        given_split=counts.given,
        classes=classes,
        problems=(*findings.problems(), *class_problems(parts[0], classes)),
    )
    return Prepared(train=parts[0], validation=parts[1], report=report)


def _examples(records: Sequence[Record], source: DataSource, names: Sequence[str]) -> Examples:
    places = {name: place for place, name in enumerate(names)}
    kind = source.kind
    tagged = kind == "tagging"
    return Examples(
        kind=kind,
        texts=tuple(record.text for record in records),
        seconds=tuple(record.second for record in records) if kind in PAIRED else (),
        labels=tuple(places[record.label] for record in records) if kind in LABELLED else (),
        words=tuple(record.words for record in records) if tagged else (),
        tags=tuple(tuple(places[tag] for tag in r.tags) for r in records) if tagged else (),
        label_names=tuple(names),
        rows=tuple(record.row for record in records),
    )
