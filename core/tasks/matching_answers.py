"""What matching says of one text: its candidates in their order, or how it stands to another text.

Both check nothing and compute nothing; ``core.tasks.matching`` makes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    FloatArray = npt.NDArray[np.float32]

IN_A_ROW: Final = 3
"""Candidates that stand in a row of a table."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankAnswer:
    """``candidates`` as they were given, and how well each matches ``text``.

    ``scores`` are cosines (-1 to 1) or probabilities; None where there is a ``problem``.
    """

    text: str
    candidates: tuple[str, ...]
    scores: FloatArray | None = None
    note: str = ""
    problem: str = ""

    @property
    def order(self) -> tuple[int, ...]:
        """The places of the candidates, the best first; of equals the earlier."""
        if self.scores is None:
            return ()
        return tuple(int(place) for place in np.argsort(-self.scores, kind="stable"))

    @property
    def best(self) -> str:
        """The candidate that matches best; "" where there is none."""
        return self.candidates[self.order[0]] if self.order else ""

    def cells(self) -> Mapping[str, object]:
        """text, then the first three candidates with their scores, note."""
        row: dict[str, object] = {"text": self.text}
        order = self.order
        for rank in range(IN_A_ROW):
            there = self.scores is not None and rank < len(order)
            row[f"match_{rank + 1}"] = self.candidates[order[rank]] if there else ""
            row[f"score_{rank + 1}"] = (
                round(float(self.scores[order[rank]]), 6)
                if there and self.scores is not None
                else None
            )
        return row | {"note": self.problem or self.note}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairAnswer:
    """How ``text`` stands to ``second``: one of ``label_names``.

    ``probabilities`` sum to 1; ``cosine`` and ``threshold`` are there instead where a threshold
    decides. All are None where there is a ``problem``.
    """

    text: str
    second: str
    label_names: tuple[str, ...]
    label: str = ""
    probabilities: FloatArray | None = None
    cosine: float | None = None
    threshold: float | None = None
    note: str = ""
    problem: str = ""

    @property
    def score(self) -> float | None:
        """The probability of ``label``, or the cosine that decided."""
        if self.probabilities is not None:
            return float(self.probabilities.max())
        return self.cosine

    def cells(self) -> Mapping[str, object]:
        """text, second, label, score, note."""
        score = self.score
        return {
            "text": self.text,
            "second": self.second,
            "label": self.label,
            "score": None if score is None else round(score, 6),
            "note": self.problem or self.note,
        }
