"""Names and other spans in rows of tags, where tags say where a span begins (IOB).

A span counts as found only where its beginning, its end and its kind are right, as the shared task
of CoNLL-2003 counts (Tjong Kim Sang and De Meulder 2003); where a span begins is read as leniently
as conlleval does: I-X after another kind begins one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

Span = tuple[int, int, str]
"""First word, one past the last, and the kind."""
_IOB: Final = re.compile(r"O|[BIES]-.+")


def are_spans(label_names: Sequence[str]) -> bool:
    """Whether the tags are of the IOB family: O, and B-X or I-X."""
    return (
        all(_IOB.fullmatch(name) for name in label_names)
        and "O" in label_names
        and any(name != "O" for name in label_names)
    )


def find_spans(tags: Sequence[str]) -> set[Span]:
    """The spans of one row."""
    found: set[Span] = set()
    start, kind = 0, ""
    for place, tag in enumerate((*tags, "O")):
        sign, _dash, name = tag.partition("-")
        goes_on = sign in ("I", "E") and kind == name
        if kind and not goes_on:
            found.add((start, place, kind))
            kind = ""
        if name and not goes_on:
            start, kind = place, name
        if kind and sign in ("E", "S"):
            found.add((start, place + 1, kind))
            kind = ""
    return found
