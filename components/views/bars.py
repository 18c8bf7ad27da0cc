"""Numbers as bars beside their names: a row each, the number written out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from components.views.message import Json
from components.views.view import register_view, show

_mount = register_view("bars", drawn=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row; ``text`` is how its number is read, ``marked`` sets it apart."""

    label: str
    value: float
    text: str
    marked: bool = False


def bars(rows: Sequence[Bar], *, key: str, label: str) -> None:
    """Show ``rows``, each as long as its number; the largest fills the line.

    ``label`` names them for people who hear them. Raises ValueError for a number that is negative
    or none.
    """
    if any(not math.isfinite(row.value) or row.value < 0 for row in rows):
        raise ValueError("a bar is as long as a number from 0 on")
    largest = max((row.value for row in rows), default=0) or 1.0
    content: dict[str, Json] = {
        "label": label,
        "rows": [[row.label, row.value / largest, row.text, row.marked] for row in rows],
    }
    show(_mount, content, key=key, read=lambda _sent: None)
