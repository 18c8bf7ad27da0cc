"""Several texts padded to one length, as a model gets them in one forward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.tokens import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class PaddedBatch:
    """Rows of equal length, their attention mask, and what the padding costs."""

    rows: tuple[Tokens, ...]
    length: int
    mask: npt.NDArray[np.bool_]
    """(row, position): True where there is a token, False where there is padding."""

    @property
    def wasted(self) -> float:
        """The share of positions that hold padding, 0 to 1."""
        return float(1.0 - self.mask.mean())


def pad_batch(*rows: Tokens) -> PaddedBatch:
    """Pad ``rows`` on the right to the longest of them."""
    if not rows:
        raise ValueError("a batch has at least one row")
    length = max(len(row) for row in rows)
    mask = np.zeros((len(rows), length), dtype=np.bool_)  # (row, position)
    for place, row in enumerate(rows):
        mask[place, : len(row)] = True
    return PaddedBatch(rows=rows, length=length, mask=mask)
