"""Pairs of sentences written for this project, on which matching is measured.

24 sentences, each with a paraphrase, one that follows from it, one that is left open, one that
contradicts it, and a question that it answers. They are few: whatever is measured on them has a
wide interval.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("pairs.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """One sentence and what was written to it."""

    text: str
    paraphrase: str
    follows: str
    open: str
    contradicts: str
    question: str


@cache
def pair_rows() -> tuple[PairRow, ...]:
    """All of them, in the order of the file."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(PairRow(**row) for row in csv.DictReader(file))
