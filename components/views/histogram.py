"""How often each whole number came up, as bars, beside what a theory expects.

The view knows no experiment: what was counted, and what was expected, the caller says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.view import register_view, show
from core.language import _

MOST_BARS: Final = 1024
"""More cannot be told apart on any screen."""

_LARGEST: Final = 2**32 - 1  # what a count may be
_mount = register_view("histogram", "step_text.js", "histogram_painting.js")


def histogram(
    counts: Sequence[int],
    *,
    key: str,
    label: str,
    value_label: str,
    count_label: str,
    expected: Sequence[float] | None = None,
    first: int = 0,
    marked: int | None = None,
    marked_label: str = "",
    source: str = "",
) -> None:
    """Show ``counts``: how often the values ``first``, ``first`` + 1, … came up.

    ``label`` names the picture for people who hear it; ``value_label`` and ``count_label`` name the
    axes. ``expected`` is how often each value should come up, drawn as dots on a line. ``marked``
    is a value with a ring, which ``marked_label`` explains. ``source`` stands at the foot of a
    saved picture. Nothing can be chosen here. Raises ValueError where these do not fit together.
    """
    message = histogram_message(
        counts,
        label=label,
        value_label=value_label,
        count_label=count_label,
        expected=expected,
        first=first,
        marked=marked,
        marked_label=marked_label,
        source=source,
    )
    show(_mount, message, key=key, read=_nothing)


def histogram_message(
    counts: Sequence[int],
    *,
    label: str,
    value_label: str,
    count_label: str,
    expected: Sequence[float] | None = None,
    first: int = 0,
    marked: int | None = None,
    marked_label: str = "",
    source: str = "",
) -> bytes:
    """What the browser is sent for ``histogram`` with these arguments."""
    _check(counts, expected, first, marked)
    header: dict[str, Json] = {
        "label": label,
        "valueLabel": value_label,
        "countLabel": count_label,
        "first": int(first),
        "marked": None if marked is None else int(marked),
        "markedLabel": marked_label,
        "compared": expected is not None,
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(),
    }
    means = np.array([] if expected is None else expected, np.float32)
    return encode_message(header, np.array(counts, np.uint32), means)


def _nothing(sent: object) -> None:
    """Nothing can be chosen in a histogram."""


def _check(
    counts: Sequence[int], expected: Sequence[float] | None, first: int, marked: int | None
) -> None:
    if not 1 <= len(counts) <= MOST_BARS:
        raise ValueError(f"{len(counts)} counts: from 1 to {MOST_BARS} can be shown")
    if not all(0 <= count <= _LARGEST and count == int(count) for count in counts):
        raise ValueError(f"counts are whole numbers from 0 to {_LARGEST}")
    if expected is not None:
        if len(expected) != len(counts):
            raise ValueError(f"{len(counts)} counts and {len(expected)} expected")
        if not all(0 <= mean < np.inf for mean in expected):
            raise ValueError("what is expected must be finite and at least 0")
    last = first + len(counts) - 1
    if marked is not None and not first <= marked <= last:
        raise ValueError(f"marked value {marked} is not among those from {first} to {last}")


def _texts() -> dict[str, Json]:
    return {
        "hint": _("Point at a bar, or tap it, to read its count"),
        "expected": _("expected"),
    }
