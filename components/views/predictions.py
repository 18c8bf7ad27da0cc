"""What a model predicts at one or several places: the likeliest words as bars, side by side.

The view knows no model and no vocabulary: ranks and probabilities are the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.view import register_view, show
from core.language import _

Candidate = tuple[int, int]
Shown = Literal["words", "labels"]

MOST_PANELS: Final = 8
"""More cannot be compared at a glance."""

_mount = register_view("predictions", "step_text.js", "predictions_panels.js")


@dataclass(frozen=True, slots=True)
class Panel:
    """The ``words`` likeliest at one place, with their ``probabilities``, 0..1, in this order.

    ``original`` is the word that stood there or is expected: its text, probability and rank,
    counted from 1. Where it is not among the words it has a row of its own below them.
    ``chosen`` is the index of the word that was taken. ``before`` are the probabilities that the
    same words had before the last step.
    """

    title: str
    words: Sequence[str]
    probabilities: Sequence[float]
    original: tuple[str, float, int] | None = None
    chosen: int | None = None
    before: Sequence[float] | None = None

    def __post_init__(self) -> None:
        count = len(self.words)
        for name, shares in (("probabilities", self.probabilities), ("before", self.before)):
            if shares is None:
                continue
            if len(shares) != count:
                raise ValueError(f"{self.title}: {count} words and {len(shares)} {name}")
            if not all(0 <= share <= 1 for share in shares):
                raise ValueError(f"{self.title}: {name} outside 0..1")
        if self.chosen is not None and not 0 <= self.chosen < count:
            raise ValueError(f"{self.title}: chosen word {self.chosen} of {count}")
        if self.original is not None:
            _text, share, rank = self.original
            if not 0 <= share <= 1 or rank < 1:
                raise ValueError(f"{self.title}: an original of probability {share}, rank {rank}")

    @property
    def original_row(self) -> int | None:
        """Which of the words is the original; None where it is not among them."""
        if self.original is None:
            return None
        text, _share, rank = self.original
        if rank <= len(self.words) and self.words[rank - 1] == text:
            return rank - 1
        return list(self.words).index(text) if text in self.words else None


def predictions(
    panels: Sequence[Panel],
    *,
    key: str,
    label: str,
    on_select: Callable[[Candidate], None] | None = None,
    selectable: bool = False,
    before_label: str = "",
    of: Shown = "words",
    source: str = "",
) -> Candidate | None:
    """Show ``panels``; the (panel, word) chosen just now, None in every other run.

    Bars go from 0 to 1 in every panel; a thin bar below one is the probability before, of
    which ``before_label`` says when that was: by default, before the last step. ``of`` says what
    is shown: words, of which one was the original, or labels, of which one is right. ``label``
    names the picture for people who hear it. Words can be chosen when ``selectable`` is set or
    ``on_select`` is given; it is called before the rerun. An original that is not among the words
    is shown and cannot be chosen. ``source`` stands at the foot of a saved picture. Raises
    ValueError for more than ``MOST_PANELS`` panels.
    """
    choosable = selectable or on_select is not None
    message = predictions_message(
        panels,
        label=label,
        selectable=choosable,
        before_label=before_label,
        of=of,
        source=source,
    )

    def read(sent: object) -> Candidate | None:
        if not isinstance(sent, list) or len(sent) != 2:
            return None
        panel, word = sent
        if not isinstance(panel, int) or not isinstance(word, int):
            return None
        there = 0 <= panel < len(panels) and 0 <= word < len(panels[panel].words)
        return (panel, word) if there else None

    return show(_mount, message, key=key, read=read, on_select=on_select)


def predictions_message(
    panels: Sequence[Panel],
    *,
    label: str,
    selectable: bool = False,
    before_label: str = "",
    of: Shown = "words",
    source: str = "",
) -> bytes:
    """What the browser is sent for ``predictions`` with these arguments."""
    if not 1 <= len(panels) <= MOST_PANELS:
        raise ValueError(f"{len(panels)} panels: from 1 to {MOST_PANELS} can be compared")
    header: dict[str, Json] = {
        "label": label,
        "selectable": selectable,
        "panels": [_described(panel) for panel in panels],
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(selectable, before_label, of),
    }
    shares = [share for panel in panels for share in panel.probabilities]
    before = [
        share
        for panel in panels
        for share in (panel.before if panel.before is not None else [np.nan] * len(panel.words))
    ]
    return encode_message(header, np.array([shares, before], np.float32))  # (2, word)


def _described(panel: Panel) -> dict[str, Json]:
    original: dict[str, Json] | None = None
    if panel.original is not None:
        text, share, rank = panel.original
        row = panel.original_row
        original = {"text": text, "share": float(share), "rank": int(rank), "row": row}
    return {
        "title": panel.title,
        "words": list(panel.words),
        "original": original,
        "chosen": panel.chosen,
    }


def _texts(selectable: bool, before_label: str, of: Shown) -> dict[str, Json]:
    if of == "labels":
        hint = _("Point at a label, or tap it, to read its numbers")
    elif selectable:
        hint = _("Point at a word to read its numbers; click to choose it")
    else:
        hint = _("Point at a word, or tap it, to read its numbers")
    words = of == "words"
    return {
        "hint": hint,
        "probability": _("probability"),
        "original": _("original · rank {rank}") if words else _("right · rank {rank}"),
        "originalLegend": _("the original word") if words else _("the right label"),
        "chosen": _("chosen"),
        "before": _("before"),
        "change": _("change"),
        "beforeLegend": before_label or _("probability before the last step"),
        "nowLegend": _("probability, from 0 to 1"),
    }
