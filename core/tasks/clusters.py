"""Groups among lines, and where the lines lie on a plane.

Groups by k-means (Lloyd 1982) on the vectors themselves, by scikit-learn, which is imported when it
is asked for; the plane is for looking only (``core.embedding.projection``).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.embedding.projection import Method, project
from core.embedding.sentences import FloatArray
from core.errors import InputError
from core.language import _

POINT_LIMIT: Final = 5_000
"""More lines are sampled: a plane with more points shows no more."""
GROUP_LIMIT: Final = 20
TYPICAL: Final = 3
"""The lines that stand for a group."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clusters:
    """``places`` are the lines shown; ``points`` (shown, 2) and ``groups`` (shown,) belong to them.

    ``typical`` names for each group the lines nearest to its middle, the nearest first; ``sizes``
    counts it. Groups are numbered from 0, the largest first. ``explained`` is the share of the
    variance that the plane of "pca" keeps, 0 for "umap".
    """

    places: npt.NDArray[np.int64]
    points: FloatArray
    groups: npt.NDArray[np.int64]
    typical: tuple[tuple[int, ...], ...]
    sizes: tuple[int, ...]
    explained: float


def cluster_lines(
    vectors: FloatArray, *, groups: int = 5, plane: Method = "pca", seed: int = 0
) -> Clusters:
    """``groups`` groups of the lines with these ``vectors``, (line, hidden), on a ``plane``.

    Raises InputError for fewer than three lines, or for groups that are not 2 to 20 and no more
    than there are lines.
    """
    most = min(GROUP_LIMIT, len(vectors))
    if len(vectors) < 3:
        raise InputError(
            _("{count} lines make no groups: give at least 3.").format(count=len(vectors))
        )
    if not 2 <= groups <= most:
        raise InputError(
            _("{count} groups cannot be made: choose 2 to {most}.").format(count=groups, most=most)
        )
    drawn = np.random.default_rng(seed)
    places = np.arange(len(vectors))
    if len(places) > POINT_LIMIT:
        places = np.sort(drawn.choice(places, POINT_LIMIT, replace=False))
    shown = np.asarray(vectors[places], dtype=np.float32)
    labels, middles = _grouped(shown, groups, seed)
    found = project(shown, method=plane, seed=seed)
    typical = []
    for group, middle in enumerate(middles):
        own = np.flatnonzero(labels == group)
        near = own[np.argsort(-(shown[own] @ middle), kind="stable")]
        typical.append(tuple(int(places[place]) for place in near[:TYPICAL]))
    return Clusters(
        places=places,
        points=found.coordinates,
        groups=labels,
        typical=tuple(typical),
        sizes=tuple(int((labels == group).sum()) for group in range(len(middles))),
        explained=sum(found.explained),
    )


def _grouped(
    vectors: FloatArray, groups: int, seed: int
) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Each line's group and the groups' middles, the largest group first."""
    from sklearn.cluster import KMeans

    with warnings.catch_warnings():  # lines that repeat leave fewer groups than asked for
        warnings.simplefilter("ignore")
        found = KMeans(n_clusters=groups, n_init=4, random_state=seed).fit(vectors)
    counts = np.bincount(found.labels_, minlength=groups)
    order = [int(group) for group in np.argsort(-counts, kind="stable") if counts[group]]
    rank = np.zeros(groups, dtype=np.int64)
    rank[order] = np.arange(len(order))
    labels: npt.NDArray[np.int64] = rank[found.labels_]
    middles: FloatArray = found.cluster_centers_[order].astype(np.float32)
    return labels, middles
