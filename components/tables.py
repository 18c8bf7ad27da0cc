"""Tables as Markdown: the browser has all it needs for them, where a data frame would fetch 850 KB.

Whatever a cell holds is shown as it is: no sign of it is acted on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.plain import unreplaced
from core.batch import PaddedBatch
from core.language import _
from core.tokens import Tokens

_SIGNS: Final = {"\n": "↵", "\r": "␍", "\t": "→"}


def token_table(tokens: Tokens) -> str:
    """One row for each token: text, raw piece, id, bytes."""
    rows = zip(tokens.labels, tokens.pieces, tokens.ids, tokens.data, strict=True)
    return table(
        (_("token"), _("piece"), _("id"), _("bytes")),
        ((label, piece, str(number), data.hex(" ").upper()) for label, piece, number, data in rows),
    )


def batch_table(batch: PaddedBatch, *, padding: str) -> str:
    """Two lines for each row of the batch: its tokens, and its attention mask under them."""
    lines: list[list[str]] = []
    for number, row in enumerate(batch.rows, start=1):
        filler = [padding] * (batch.length - len(row))
        lines.append([_unbroken(_("text {number}").format(number=number)), *row.labels, *filler])
        mask = [str(int(on)) for on in batch.mask[number - 1]]
        lines.append([_unbroken(_("mask {number}").format(number=number)), *mask])
    return table(["", *map(str, range(batch.length))], lines)


def largest_rows(*columns: NDArray[np.float32], most: int) -> tuple[int, ...]:
    """The ``most`` rows in which any column is largest, in their order."""
    best = np.argsort(-np.maximum.reduce(columns), kind="stable")[:most]
    return tuple(sorted(map(int, best)))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of plain text; nothing in a cell is acted on."""
    shown = [_line(map(_visible, line)) for line in (head, *rows)]
    return "\n".join([shown[0], _line(["---"] * len(head)), *shown[1:]])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _unbroken(text: str) -> str:
    """``text`` that stays on one line."""
    return text.replace(" ", "\u00a0")


def _visible(text: str) -> str:
    """Text that Markdown would not act on, in one line."""
    shown = unreplaced("".join(_SIGNS.get(sign, sign) for sign in text))
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|<>~$:&=" else sign for sign in shown)
