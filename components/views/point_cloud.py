"""Points in two or three dimensions, with their nearest neighbours and paths between them.

The view knows no words: labels, groups, coordinates and neighbours, the caller says. Pointing at a
point draws lines to its neighbours and reads their cosines; a cloud of three dimensions is turned
by dragging, or by Shift and the arrow keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.selection import tell_selection
from components.views.view import register_view, show
from core.language import _

MOST_POINTS: Final = 2_000
_mount = register_view(
    "point_cloud", "step_text.js", "point_cloud_painting.js", "point_cloud_turning.js"
)


def point_cloud(
    coordinates: NDArray[np.floating],
    labels: Sequence[str],
    *,
    key: str,
    label: str,
    axes: Sequence[str],
    groups: Sequence[int] | None = None,
    group_names: Sequence[str] = (),
    details: Sequence[str] = (),
    neighbours: NDArray[np.integer] | None = None,
    cosines: NDArray[np.floating] | None = None,
    paths: Sequence[Sequence[int]] = (),
    named: bool = True,
    selected: int | None = None,
    on_select: Callable[[int], None] | None = None,
    source: str = "",
) -> int | None:
    """Show points, (point, 2 or 3); the point chosen just now, None in every other run.

    ``groups`` colour and shape the points; ``group_names`` stand in the legend, as many as there
    are groups. ``details`` say more of each point where it is pointed at; ``named`` writes labels
    beside the points. ``neighbours`` and ``cosines`` (point, neighbour) are drawn and read there
    too. ``paths`` are rows of points that are joined by a line, its end with an arrow. Raises
    ValueError where these do not fit together.
    """
    message = cloud_message(
        coordinates,
        labels,
        key=key,
        label=label,
        axes=axes,
        groups=groups,
        group_names=group_names,
        details=details,
        neighbours=neighbours,
        cosines=cosines,
        paths=paths,
        named=named,
        source=source,
    )
    count = len(labels)

    def read(sent: object) -> int | None:
        return sent if type(sent) is int and 0 <= sent < count else None

    chosen = selected if selected is not None and 0 <= selected < count else None
    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select)
        tell_selection(key, None if chosen is None else [chosen])
    return choice


def cloud_message(
    coordinates: NDArray[np.floating],
    labels: Sequence[str],
    *,
    key: str,
    label: str,
    axes: Sequence[str],
    groups: Sequence[int] | None = None,
    group_names: Sequence[str] = (),
    details: Sequence[str] = (),
    neighbours: NDArray[np.integer] | None = None,
    cosines: NDArray[np.floating] | None = None,
    paths: Sequence[Sequence[int]] = (),
    named: bool = True,
    source: str = "",
) -> bytes:
    """What the browser is sent for ``point_cloud`` with these arguments."""
    count, dims = _shape(coordinates, labels, axes)
    own_groups = [0] * count if groups is None else list(groups)
    known = len(group_names) or max(own_groups, default=0) + 1
    if len(own_groups) != count or any(not 0 <= group < known for group in own_groups):
        raise ValueError(f"{len(own_groups)} groups of {known} for {count} points")
    if details and len(details) != count:
        raise ValueError(f"{len(details)} details for {count} points")
    if any(not 0 <= point < count for path in paths for point in path):
        raise ValueError(f"a path names a point that is not among {count}")
    beside = np.zeros((count, 0), np.int32) if neighbours is None else neighbours.astype(np.int32)
    near = np.zeros(beside.shape, np.float32) if cosines is None else cosines.astype(np.float32)
    if len(beside) != count or near.shape != beside.shape:
        raise ValueError(f"neighbours {beside.shape} and cosines {near.shape} of {count} points")
    header: dict[str, Json] = {
        "view": key,
        "label": label,
        "labels": list(labels),
        "axes": list(axes),
        "dims": dims,
        "groups": own_groups,
        "groupNames": list(group_names),
        "details": list(details),
        "paths": [list(path) for path in paths],
        "named": named,
        "source": source,
        "saving": {**saving_texts(), "csv": _("Numbers (CSV)")},
        "texts": _texts(dims),
    }
    return encode_message(header, np.ascontiguousarray(coordinates, np.float32), beside, near)


def _shape(
    coordinates: NDArray[np.floating], labels: Sequence[str], axes: Sequence[str]
) -> tuple[int, int]:
    shape = coordinates.shape
    if len(shape) != 2 or shape[1] not in (2, 3) or not 1 <= shape[0] <= MOST_POINTS:
        raise ValueError(f"1 to {MOST_POINTS} points of 2 or 3 numbers, not {shape}")
    if len(labels) != shape[0] or len(axes) != shape[1]:
        raise ValueError(f"{len(labels)} labels and {len(axes)} axes for {shape}")
    if not np.isfinite(coordinates).all():
        raise ValueError("a coordinate is not finite")
    return shape[0], shape[1]


def _texts(dims: int) -> dict[str, Json]:
    hint = (
        _("Drag to turn it; point at a point, or tap it, to see its nearest neighbours")
        if dims == 3
        else _("Point at a point, or tap it, to see its nearest neighbours")
    )
    heads = {"labelHead": _("text"), "detailHead": _("details")}
    return {"hint": hint, "nearest": _("nearest by cosine"), **heads}
