"""One attention head, large: from every query to every key, with the exact number of each cell.

Weights travel as thousandths, so the three decimals shown are the rounded weight itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.views.message import Json, encode_message
from components.views.selection import tell_selection
from components.views.view import register_view, show
from core.language import _

_mount = register_view(
    "attention_head",
    "attention_head_painting.js",
    "attention_head_pointing.js",
    "attention_head_preview.js",
)


def attention_head(
    weights: NDArray[np.float32],
    query_labels: Sequence[str],
    key_labels: Sequence[str],
    *,
    key: str,
    title: str,
    causal: bool = False,
    sink_columns: Sequence[int] = (),
    sink_label: str = "",
    special_queries: Sequence[int] = (),
    special_keys: Sequence[int] = (),
    selected_query: int | None = None,
    on_select: Callable[[tuple[int, int]], None] | None = None,
    selectable: bool = False,
    place: tuple[int, int] | None = None,
    preview_of: Sequence[str] = (),
) -> tuple[int, int] | None:
    """Show ``weights``, 0..1, [query, key]; the (query, key) clicked just now, else None.

    The colours are linear from 0 to 1. Columns in ``sink_columns`` are grey instead of coloured
    and keep their numbers; ``sink_label`` says what they are, such as "[CLS] 47 %". Special
    tokens have grey labels. ``title`` names the picture for people who hear it; ``selected_query``
    is the row with a ring. Cells can be chosen when ``selectable`` is set or ``on_select`` is
    given; it is called before the rerun. A causal head may show its last queries only: the last
    row sees every key. A head chosen in a grid whose key is among ``preview_of`` is drawn from its
    thumbnail at once, until the page answers; ``place`` is the (layer, head) shown now. Raises
    ValueError where these do not fit together.
    """
    message = head_message(
        weights,
        query_labels,
        key_labels,
        key=key,
        title=title,
        causal=causal,
        sink_columns=sink_columns,
        sink_label=sink_label,
        special_queries=special_queries,
        special_keys=special_keys,
        selectable=selectable or on_select is not None,
        place=place,
        preview_of=preview_of,
    )
    queries, keys = weights.shape
    if selected_query is not None and not 0 <= selected_query < queries:
        raise ValueError(f"selected query {selected_query} outside 0..{queries - 1}")

    def read(sent: object) -> tuple[int, int] | None:
        if not isinstance(sent, list) or len(sent) != 2:
            return None
        query, key_ = sent
        inside = isinstance(query, int) and isinstance(key_, int)
        return (query, key_) if inside and 0 <= query < queries and 0 <= key_ < keys else None

    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select)
        tell_selection(key, None if selected_query is None else [selected_query])
    return choice


def head_message(
    weights: NDArray[np.float32],
    query_labels: Sequence[str],
    key_labels: Sequence[str],
    *,
    key: str,
    title: str,
    causal: bool = False,
    sink_columns: Sequence[int] = (),
    sink_label: str = "",
    special_queries: Sequence[int] = (),
    special_keys: Sequence[int] = (),
    selectable: bool = False,
    place: tuple[int, int] | None = None,
    preview_of: Sequence[str] = (),
) -> bytes:
    """What the browser is sent for ``attention_head`` with these arguments."""
    _check(weights, query_labels, key_labels, causal)
    queries, keys = weights.shape
    for name, places, count in (
        ("sink column", sink_columns, keys),
        ("special query", special_queries, queries),
        ("special key", special_keys, keys),
    ):
        if any(not 0 <= place < count for place in places):
            raise ValueError(f"{name} outside 0..{count - 1}: {tuple(places)}")
    header: dict[str, Json] = {
        "view": key,
        "title": title,
        "queries": list(query_labels),
        "keys": None if list(key_labels) == list(query_labels) else list(key_labels),
        "specialQueries": list(special_queries),
        "specialKeys": list(special_keys),
        "causal": causal,
        "selectable": selectable,
        "place": None if place is None else list(place),
        "previewOf": list(preview_of),
        "sinks": sorted(set(sink_columns)),
        "texts": _texts(sink_label),
    }
    thousandths = np.rint(1000 * np.clip(weights, 0, 1)).astype(np.uint16)
    return encode_message(header, thousandths)


def _check(
    weights: NDArray[np.float32],
    query_labels: Sequence[str],
    key_labels: Sequence[str],
    causal: bool,
) -> None:
    if weights.ndim != 2 or not weights.size:
        raise ValueError(f"weights of shape {weights.shape}: [query, key] is needed")
    if weights.shape != (len(query_labels), len(key_labels)):
        raise ValueError(
            f"weights of shape {weights.shape}, "
            f"{len(query_labels)} query labels and {len(key_labels)} key labels"
        )
    if not np.isfinite(weights).all():
        raise ValueError("weights that are not finite")
    if causal and len(query_labels) > len(key_labels):
        raise ValueError("a causal head has at least as many keys as queries")


def _texts(sink_label: str) -> dict[str, Json]:
    return {
        "hint": _("Point at a cell, or tap it, to read its weight"),
        "hintLong": _("Point at a cell to read its weight; drag across cells to enlarge them"),
        "hintTouch": _("Tap a cell to read its weight; spread two fingers to enlarge"),
        "from": _("from"),
        "to": _("to"),
        "scale": _("attention weight"),
        "unseen": _("cannot see later tokens"),
        "sinks": _("{sink} — not in the colours").format(sink=sink_label or _("Sink")),
        "pooled": _("each point shows the largest weight in it; enlarge to see every cell"),
        "larger": _("Enlarge"),
        "smaller": _("Reduce"),
        "whole": _("Whole text"),
        "span": _("tokens {first}–{last} of {total}"),
    }
