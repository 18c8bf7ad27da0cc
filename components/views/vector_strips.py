"""Vectors as strips of coloured cells, one cell a dimension, blue below 0 and orange above.

The view knows no model: what each vector is, the caller says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.view import register_view, show
from core.language import _

MOST_DIMENSIONS: Final = 8192
"""Longer vectors would fill a screen each."""

_mount = register_view("vector_strips", "step_text.js", "vector_strips_painting.js")


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A vector, (dimension,), under its ``title``; a ``note`` beside it says what it is."""

    title: str
    values: NDArray[np.floating]
    note: str = ""

    def __post_init__(self) -> None:
        shape = np.shape(self.values)
        if len(shape) != 1 or not 1 <= shape[0] <= MOST_DIMENSIONS:
            raise ValueError(
                f"{self.title}: a vector of 1 to {MOST_DIMENSIONS} numbers, not of shape {shape}"
            )
        if not np.isfinite(self.values).all():
            raise ValueError(f"{self.title}: numbers that are not finite")

    @property
    def limit(self) -> float:
        """The largest absolute value, where the colours end; 1 for a vector of zeros."""
        return float(np.abs(self.values).max()) or 1.0


def vector_strips(
    strips: Sequence[Strip],
    *,
    key: str,
    label: str,
    shared: bool = False,
    source: str = "",
) -> None:
    """Show ``strips`` below one another; long ones are broken into lines of the same length.

    Colours are symmetric about 0 and end at the largest absolute value of each strip, which stands
    beside it, or of all strips where they are ``shared``. ``label`` names the picture for people
    who hear it. ``source`` stands at the foot of a saved picture. Nothing can be chosen here.
    Raises ValueError where there is no strip.
    """
    message = strips_message(strips, label=label, shared=shared, source=source)
    show(_mount, message, key=key, read=_nothing)


def strips_message(
    strips: Sequence[Strip], *, label: str, shared: bool = False, source: str = ""
) -> bytes:
    """What the browser is sent for ``vector_strips`` with these arguments."""
    if not strips:
        raise ValueError("there is no strip to show")
    largest = max(strip.limit for strip in strips)
    header: dict[str, Json] = {
        "label": label,
        "shared": shared,
        "strips": [
            {
                "title": strip.title,
                "note": strip.note,
                "limit": largest if shared else strip.limit,
            }
            for strip in strips
        ],
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(),
    }
    return encode_message(header, *(np.asarray(strip.values, np.float32) for strip in strips))


def _nothing(sent: object) -> None:
    """Nothing can be chosen in a strip."""


def _texts() -> dict[str, Json]:
    return {
        "hint": _("Point at a cell, or tap it, to read its number"),
        "dimension": _("dimension {number}"),
        "shared": _("value"),
        "own": _("value, up to ± the limit beside each strip"),
        "limit": _("colours to ±{limit}"),
    }
