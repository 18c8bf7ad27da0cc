"""What was right against what was predicted: a confusion matrix, a cell for each pair of labels.

The view knows no model: counts and names are the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.view import register_view, show
from core.language import _

MOST_LABELS: Final = 200
"""More cannot be told apart on any screen."""

_LARGEST: Final = 2**32 - 1  # what a count may be
_mount = register_view("confusion", "step_text.js", "confusion_painting.js")


def confusion(
    counts: NDArray[np.int64],
    names: Sequence[str],
    *,
    key: str,
    label: str,
    before: NDArray[np.int64] | None = None,
    before_label: str = "",
    source: str = "",
) -> None:
    """Show ``counts``, [what is right, what was predicted], of the labels ``names``.

    The colours tell the share of a row, linear from 0 to 1: what became of all that should have got
    this label. ``before`` are the counts of another moment, of as many rows or others, whose shares
    are told beside them under the name ``before_label``. ``label`` names the picture for people who
    hear it; ``source`` stands at the foot of a saved picture. Raises ValueError where these do not
    fit together.
    """
    message = confusion_message(
        counts, names, label=label, before=before, before_label=before_label, source=source
    )
    show(_mount, message, key=key, read=_nothing)


def confusion_message(
    counts: NDArray[np.int64],
    names: Sequence[str],
    *,
    label: str,
    before: NDArray[np.int64] | None = None,
    before_label: str = "",
    source: str = "",
) -> bytes:
    """What the browser is sent for ``confusion`` with these arguments."""
    if not 1 <= len(names) <= MOST_LABELS:
        raise ValueError(f"{len(names)} labels: from 1 to {MOST_LABELS} can be shown")
    for each in (counts, *([] if before is None else [before])):
        if each.shape != (len(names), len(names)):
            raise ValueError(f"counts of shape {each.shape} for {len(names)} labels")
        if each.size and not 0 <= each.min() <= each.max() <= _LARGEST:
            raise ValueError(f"counts are whole numbers from 0 to {_LARGEST}")
    header: dict[str, Json] = {
        "label": label,
        "names": list(names),
        "beforeLabel": "" if before is None else before_label,
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(),
    }
    none = np.zeros((0, 0), np.uint32)
    return encode_message(
        header, counts.astype(np.uint32), none if before is None else before.astype(np.uint32)
    )


def _nothing(sent: object) -> None:
    """Nothing can be chosen in a confusion matrix."""


def _texts() -> dict[str, Json]:
    return {
        "hint": _("Point at a cell, or tap it, to read its count"),
        "right": _("right"),
        "predicted": _("predicted"),
        "count": _("{count} of {total}"),
        "scale": _("share of what is right"),
        "accuracy": _("on the diagonal"),
    }
