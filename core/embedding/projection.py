"""Vectors of many dimensions in two or three: exactly (PCA), or by who is whose neighbour (UMAP).

PCA is the singular value decomposition of the centred vectors (Pearson 1901; Hotelling 1933): no
plane keeps more of their variance. UMAP (McInnes, Healy, Melville 2018) keeps neighbours and
distorts distances; it is seeded and imported when it is asked for.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from core.attention.recording import FloatArray
from core.errors import InputError
from core.language import _

Method = Literal["pca", "umap"]
LEAST_FOR_UMAP: Final = 6
"""Fewer points have no neighbourhoods to keep."""
_NEIGHBOURS: Final = 15  # the library's own default


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projection:
    """``coordinates``; ``explained`` is the share of the variance along each axis, of PCA only."""

    coordinates: FloatArray  # (point, axis)
    explained: tuple[float, ...]


def project(vectors: FloatArray, *, method: Method, axes: int = 2, seed: int = 0) -> Projection:
    """``vectors`` (point, hidden) in ``axes`` dimensions.

    Raises InputError for UMAP of fewer than ``LEAST_FOR_UMAP`` points.
    """
    if method == "umap":
        return _umap(vectors, axes, seed)
    return _pca(vectors, axes)


def _pca(vectors: FloatArray, axes: int) -> Projection:
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    left, sizes, right = np.linalg.svd(centred, full_matrices=False)
    signs = np.sign(right[np.arange(len(right)), np.abs(right).argmax(axis=1)])
    found = left * sizes * np.where(signs == 0, 1, signs)  # (point, component)
    total = float((sizes**2).sum())
    coordinates = np.zeros((len(vectors), axes))
    kept = min(axes, found.shape[1])
    coordinates[:, :kept] = found[:, :kept]
    shares = [float(size**2) / total if total > 0 else 0.0 for size in sizes[:kept]]
    return Projection(
        coordinates=coordinates.astype(np.float32),
        explained=tuple(shares + [0.0] * (axes - kept)),
    )


_umap_lock = threading.Lock()
"""numba's own threads, where no other library gives it some, end a process in which two sessions
call them at once."""


def _umap(vectors: FloatArray, axes: int, seed: int) -> Projection:
    if len(vectors) < LEAST_FOR_UMAP:
        raise InputError(
            _("UMAP takes at least {least} points, there are {count}: choose PCA.").format(
                least=LEAST_FOR_UMAP, count=len(vectors)
            )
        )
    with _umap_lock:
        from umap import UMAP

    reducer = UMAP(
        n_neighbors=min(_NEIGHBOURS, len(vectors) - 1),
        n_components=axes,
        metric="cosine",
        init="random",  # the spectral start needs more points than some texts have
        random_state=seed,
        n_jobs=1,
    )
    with _umap_lock:
        found = np.asarray(reducer.fit_transform(vectors.astype(np.float32)), dtype=np.float32)
    coordinates: FloatArray = found - found.mean(axis=0)
    return Projection(coordinates=coordinates, explained=())
