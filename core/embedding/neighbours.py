"""Which points are nearest, by the cosine of their vectors. A plain product: points are few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.attention.recording import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighbours:
    """For each point the others that are nearest, the nearest first, and their cosines."""

    points: npt.NDArray[np.int32]  # (point, neighbour)
    cosines: FloatArray  # (point, neighbour)


def cosine(one: FloatArray, other: FloatArray) -> float:
    """The cosine of the angle between two vectors; 0 where one is nothing."""
    sizes = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    return float(one.astype(np.float64) @ other.astype(np.float64)) / sizes if sizes else 0.0


def unit_rows(vectors: FloatArray) -> FloatArray:
    """Each row divided by its length; a row of zeros stays."""
    sizes = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    found: FloatArray = (vectors / np.where(sizes == 0, 1, sizes)).astype(np.float32)
    return found


def nearest_neighbours(vectors: FloatArray, count: int = 5) -> Neighbours:
    """The ``count`` nearest of every point, fewer where there are not so many."""
    units = unit_rows(vectors)
    cosines = (units @ units.T).astype(np.float32)  # (point, point)
    np.fill_diagonal(cosines, -np.inf)
    order = np.argsort(-cosines, axis=1, kind="stable")[:, : min(count, len(vectors) - 1)]
    return Neighbours(
        points=order.astype(np.int32),
        cosines=np.clip(np.take_along_axis(cosines, order, axis=1), -1, 1),
    )
