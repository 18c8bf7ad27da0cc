"""``DataReport``: what is known of the data before anything runs, and every problem by its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.language import _
from core.tuning.labelled.examples import LABELLED, Examples

ROWS_SHOWN: Final = 20
UNEVEN: Final = 10
"""How many times the rows of the smallest class the largest may have without a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: in how many rows, the first of them, and what to do about it.

    ``name`` is for programs ("duplicates"), ``sentence`` for people.
    """

    name: str
    count: int
    rows: tuple[int, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCount:
    """How many examples of a label there are; of a tag, how many words."""

    name: str
    train: int
    validation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReport:
    """``rows`` were read, ``train`` and ``validation`` are used.

    ``not_taken`` are sound rows beyond the limit of the source; all others were left out, for a
    problem that says so. ``classes`` is empty for texts without labels. ``given_split`` tells that
    the source itself says what is for validation.
    """

    name: str
    rows: int
    train: int
    validation: int
    not_taken: int = 0
    given_split: bool = False
    classes: tuple[ClassCount, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def left_out(self) -> int:
        """The rows that are not used because something is wrong with them."""
        return self.rows - self.train - self.validation - self.not_taken

    @property
    def majority(self) -> float:
        """The accuracy, 0 to 1, of always answering the label most frequent in training."""
        total = sum(each.validation for each in self.classes)
        if not total:
            return 0.0
        return max(self.classes, key=lambda each: each.train).validation / total


def make_problem(name: str, rows: Sequence[int], sentence: str, **values: object) -> Problem:
    """The problem of ``rows``; the sentence may name {count}, {rows} and the ``values``."""
    shown = ", ".join(f"{row}" for row in rows[:ROWS_SHOWN])
    return Problem(
        name=name,
        count=len(rows),
        rows=tuple(rows[:ROWS_SHOWN]),
        sentence=sentence.format(
            count=len(rows), rows=f"{shown} …" if len(rows) > ROWS_SHOWN else shown, **values
        ),
    )


def count_classes(train: Examples, validation: Examples) -> tuple[ClassCount, ...]:
    """The examples, or words, of each label in both parts."""
    counts = [
        Counter(
            each.labels if each.kind in LABELLED else (tag for tags in each.tags for tag in tags)
        )
        for each in (train, validation)
    ]
    return tuple(
        ClassCount(name=name, train=counts[0][place], validation=counts[1][place])
        for place, name in enumerate(train.label_names)
    )


def class_problems(train: Examples, classes: Sequence[ClassCount]) -> list[Problem]:
    """Labels with one row, and labels far more frequent than others; of tags nothing is said."""
    if train.kind not in LABELLED:
        return []
    problems = []
    single = [place for place, each in enumerate(classes) if each.train + each.validation == 1]
    if single:
        rows = [train.rows[train.labels.index(place)] for place in single]
        names = ", ".join(f"“{classes[place].name}”" for place in single[:ROWS_SHOWN])
        problems.append(
            make_problem(
                "single",
                rows,
                _(
                    "Labels with one row, learnt from but never checked: {names} (row {rows}). "
                    "Add rows of each, or leave it out."
                ),
                names=names,
            )
        )
    largest = max(classes, key=lambda each: each.train)
    smallest = min(classes, key=lambda each: each.train)
    if largest.train > UNEVEN * smallest.train:
        sentence = _(
            "“{large}” has {most:,} rows for training and “{small}” {least:,}: look at each label, "
            "not at accuracy alone."
        ).format(large=largest.name, most=largest.train, small=smallest.name, least=smallest.train)
        problems.append(Problem(name="uneven", count=smallest.train, rows=(), sentence=sentence))
    return problems
