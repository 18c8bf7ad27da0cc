"""Tables: numbers in, data frames out."""

from __future__ import annotations

import pandas as pd

from core.batch import PaddedBatch
from core.language import _
from core.tokens import Tokens


def token_table(tokens: Tokens) -> pd.DataFrame:
    """One row for each token: text, raw piece, id, bytes."""
    return pd.DataFrame(
        {
            _("token"): [_visible(text) for text in tokens.labels],
            _("piece"): [_visible(piece) for piece in tokens.pieces],
            _("id"): list(tokens.ids),
            _("bytes"): [data.hex(" ").upper() for data in tokens.data],
        }
    )


def batch_table(batch: PaddedBatch, *, padding: str) -> pd.DataFrame:
    """Two lines for each row of the batch: its tokens, and its attention mask under them."""
    lines: dict[str, list[str]] = {}
    for number, row in enumerate(batch.rows, start=1):
        filler = [padding] * (batch.length - len(row))
        lines[_("text {number}").format(number=number)] = [*map(_visible, row.labels), *filler]
        lines[_("mask {number}").format(number=number)] = [
            str(int(on)) for on in batch.mask[number - 1]
        ]
    return pd.DataFrame.from_dict(
        lines, orient="index", columns=[str(n) for n in range(batch.length)]
    )


def _visible(text: str) -> str:
    """Text that Markdown in a table cell would not act on."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|<>~$:" else sign for sign in text)
