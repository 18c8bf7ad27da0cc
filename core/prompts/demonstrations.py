"""Which rows of a table stand before a prompt as demonstrations, and in what order.

At random with a seed, as many of each label, or those whose text is nearest to the row's by the
cosine of sentence embeddings (the mean of the last layer's vectors). The same seed picks the same
rows in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.language import _
from core.prompts.template import Row
from core.prompts.writing import DEMONSTRATION_LIMIT, LABEL

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Picking = Literal["random", "balanced", "nearest"]


def pick_demonstrations(
    rows: Sequence[Row],
    count: int,
    *,
    how: Picking = "random",
    seed: int = 0,
    label: str = LABEL,
    text: str = "text",
    query: Row | None = None,
    model: LanguageModel | None = None,
) -> tuple[Row, ...]:
    """``count`` of ``rows``: "random", "balanced" over the labels, or "nearest" to ``query``.

    The nearest stands last, beside the row that is asked about; for it ``model`` is an encoder and
    ``text`` the column that is compared. Raises InputError where there are too few rows.
    """
    _check(rows, count, how, label)
    if how == "nearest":
        if query is None or model is None:
            raise InputError(
                _("The nearest demonstrations need a row to be near to, and an encoder.")
            )
        return NearestPicker(rows, count, model=model, text=text)(query)
    order = [int(place) for place in np.random.default_rng(seed).permutation(len(rows))]
    if how == "random":
        return tuple(rows[place] for place in order[:count])
    return tuple(rows[place] for place in _balanced(rows, order, count, label))


class NearestPicker:
    """The rows nearest to a row, the nearest last; the table is embedded once."""

    def __init__(
        self,
        rows: Sequence[Row],
        count: int,
        *,
        model: LanguageModel,
        text: str = "text",
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._rows, self._count, self._model, self._text = tuple(rows), count, model, text
        self._vectors = self._embedded([_text(row, text) for row in rows], progress)

    def __call__(self, row: Row) -> tuple[Row, ...]:
        """The rows nearest to ``row``, never itself: one of the same text is left out."""
        wanted = _text(row, self._text)
        near = self._vectors @ self._embedded([wanted])[0]  # (row,)
        order = [
            int(place)
            for place in np.argsort(-near, kind="stable")
            if _text(self._rows[int(place)], self._text).strip() != wanted.strip()
        ]
        return tuple(self._rows[place] for place in reversed(order[: self._count]))

    def _embedded(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> npt.NDArray[np.float32]:
        """(text, hidden), each of length 1. A row without text lies where a full stop does."""
        from core.embedding.sentences import embed_texts

        return embed_texts(
            self._model, [text if text.strip() else "." for text in texts], progress=progress
        ).vectors


def _balanced(rows: Sequence[Row], order: Sequence[int], count: int, label: str) -> list[int]:
    """In turn one of each label, the labels in the order in which they come."""
    by_label: dict[str, list[int]] = {}
    for place in order:
        by_label.setdefault(str(rows[place][label]), []).append(place)
    groups = [by_label[name] for name in sorted(by_label)]
    chosen: list[int] = []
    while len(chosen) < count:
        for group in groups:
            if group and len(chosen) < count:
                chosen.append(group.pop(0))
    return chosen


def _check(rows: Sequence[Row], count: int, how: str, label: str) -> None:
    if how not in get_args(Picking):
        raise InputError(
            _("Demonstrations are picked {choices}, not “{value}”.").format(
                choices=", ".join(get_args(Picking)), value=str(how)[:40]
            )
        )
    if not 0 <= count <= min(len(rows), DEMONSTRATION_LIMIT):
        raise InputError(
            _(
                "{count} demonstrations were asked for: there are {rows:,} rows, at most {limit}."
            ).format(count=count, rows=len(rows), limit=DEMONSTRATION_LIMIT)
        )
    if how == "balanced" and any(label not in row for row in rows):
        raise InputError(
            _("A demonstration has no “{column}”: give each its answer.").format(column=label[:40])
        )


def _text(row: Row, column: str) -> str:
    if column not in row:
        raise InputError(
            _("The rows have no column “{column}”: choose one of {columns}.").format(
                column=column[:40], columns=", ".join(f"“{name[:40]}”" for name in list(row)[:8])
            )
        )
    return str(row[column])
