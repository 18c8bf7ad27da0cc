"""Repeats, contradictions and leaks: which records are left out, noted by their rows.

Two records repeat each other where their texts are equal but for spaces; validation leaks where
its words, whatever their case and punctuation, stand in training.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from core.tuning.labelled.examples import LABELLED, Kind
from core.tuning.labelled.labels import marks
from core.tuning.labelled.records import Findings, Record

_WORD: Final = re.compile(r"\w+")
Key = bytes


def take_given_split(records: Sequence[Record], findings: Findings) -> tuple[list[Record], bool]:
    """Without the rows for testing, and true where there are rows for both other parts.

    Else false: the rest is then to be split. Where every row is for testing, all of them stay.
    """
    if any(record.part != "test" for record in records):
        for record in records:
            if record.part == "test":
                findings.note("test", record.row)
        records = [record for record in records if record.part != "test"]
    given = {"train", "validation"} <= {record.part for record in records}
    if not given:
        for record in records:
            record.part = ""
    return list(records), given


def without_repeats(records: Sequence[Record], kind: Kind, findings: Findings) -> list[Record]:
    """The first of equal records of a part, and none of those with different labels."""
    keys = [_key(record, kind) for record in records]
    labels: dict[Key, str] = {}
    conflicting: set[Key] = set()
    if kind in LABELLED:
        for key, record in zip(keys, records, strict=True):
            if labels.setdefault(key, record.label) != record.label:
                conflicting.add(key)
    kept: list[Record] = []
    seen: set[tuple[Key, str]] = set()
    for key, record in zip(keys, records, strict=True):
        if key in conflicting:
            findings.note("conflicts", record.row)
        elif (key, record.part) in seen:
            findings.note("duplicates", record.row)
        else:
            seen.add((key, record.part))
            kept.append(record)
    return kept


def without_leaks(
    train: Sequence[Record], validation: Sequence[Record], kind: Kind, findings: Findings
) -> list[Record]:
    """The validation records that training does not have too, and whose labels it has."""
    known = {_words_key(record) for record in train}
    labels = {name for record in train for name in marks(record, kind)}
    kept: list[Record] = []
    for record in validation:
        if _words_key(record) in known:
            findings.note("leaks", record.row)
        elif not labels.issuperset(marks(record, kind)):
            findings.note("unseen", record.row)
        else:
            kept.append(record)
    return kept


def _key(record: Record, kind: Kind) -> Key:
    parts = (record.text, record.second, *(record.tags if kind == "tagging" else ()))
    return _digest(*(" ".join(unicodedata.normalize("NFC", part).split()) for part in parts))


def _words_key(record: Record) -> Key:
    return _digest(_words(record.text), _words(record.second))


def _words(text: str) -> str:
    """The words of a text in small letters; a text without words is itself."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(folded)) or folded


def _digest(*parts: str) -> Key:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).digest()
