"""``Predictions``: every single prediction that a network made on the held-out rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Predictions:
    """All arrays [prediction].

    ``rows`` are those of the features; ``places`` the token that is predicted, 0 where a row has
    one label. ``labels`` is what is right and ``first`` what was predicted; ``losses`` are −log p
    of the former in nats, ``shares`` the probability of the latter.
    """

    rows: Counts
    places: Counts
    labels: Counts
    first: Counts
    losses: npt.NDArray[np.float32]
    shares: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)
