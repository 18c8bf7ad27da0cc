"""One attention head, large: from every query to every key, with the exact number of each cell.

Weights travel as thousandths, so the three decimals shown are the rounded weight itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.selection import tell_selection
from components.views.view import register_view, show
from core.language import _

Scale = Literal["weights", "difference"]

_SCALES: Final = ("weights", "difference")
_LIMIT_STEP: Final = 0.05  # differences are coloured to the next multiple of this
_MOST_STEPS: Final = 999
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
    on_move: Callable[[tuple[int, int], int, int], None] | None = None,
    selectable: bool = False,
    place: tuple[int, int] | None = None,
    preview_of: Sequence[str] = (),
    scale: Scale = "weights",
    source: str = "",
) -> tuple[int, int] | None:
    """Show ``weights``, 0..1, [query, key]; the (query, key) clicked just now, else None.

    The colours are linear from 0 to 1. Columns in ``sink_columns`` are grey instead of coloured
    and keep their numbers; ``sink_label`` says what they are, such as "[CLS] 47 %". With ``scale``
    "difference" the weights are those between two heads, -1..1, from blue over nothing to orange,
    symmetric about 0; the legend prints where the colours end: the largest difference, rounded up
    to 0.05. No column is grey then. Special tokens have grey labels. ``title`` names the picture
    for people who hear it; ``selected_query`` is the row with a ring.

    Cells can be chosen when ``selectable`` is set or ``on_select`` is given; it is called
    before the rerun. The label of a row can be clicked too: it answers (query, -1). ``on_move``
    is called with a place that was shown and the steps of layer and head that keys ask for from
    there: Page Up and Page Down go to the head before and after, with Shift to the layer. A
    causal head may show its last queries only: the last row sees every key. A head chosen in a
    grid whose key is among ``preview_of`` is drawn from its thumbnail at once, until the page
    answers; ``place`` is the (layer, head) shown now. ``source`` stands at the foot of a saved
    picture. Raises ValueError where these do not fit together.
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
        movable=on_move is not None and place is not None,
        place=place,
        preview_of=preview_of,
        scale=scale,
        source=source,
    )
    queries, keys = weights.shape
    if selected_query is not None and not 0 <= selected_query < queries:
        raise ValueError(f"selected query {selected_query} outside 0..{queries - 1}")

    def read(sent: object) -> tuple[int, int] | None:
        if not isinstance(sent, list) or len(sent) != 2:
            return None
        query, key_ = sent
        inside = isinstance(query, int) and isinstance(key_, int)
        return (query, key_) if inside and 0 <= query < queries and -1 <= key_ < keys else None

    def move(sent: object) -> None:
        if on_move is None or not isinstance(sent, list) or len(sent) != 4:
            return
        if all(isinstance(number, int) and abs(number) <= _MOST_STEPS for number in sent):
            layer, head, layer_steps, head_steps = sent
            on_move((layer, head), layer_steps, head_steps)

    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select, on_move=move)
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
    movable: bool = False,
    place: tuple[int, int] | None = None,
    preview_of: Sequence[str] = (),
    scale: Scale = "weights",
    source: str = "",
) -> bytes:
    """What the browser is sent for ``attention_head`` with these arguments."""
    _check(weights, query_labels, key_labels, causal)
    if scale not in _SCALES:
        raise ValueError(f"scale {scale!r}: one of {', '.join(_SCALES)} is needed")
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
        "movable": movable,
        "place": None if place is None else list(place),
        "previewOf": list(preview_of),
        "sinks": [] if scale == "difference" else sorted(set(sink_columns)),
        "scale": scale,
        "limit": _limit(weights) if scale == "difference" else 1,
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(sink_label),
    }
    return encode_message(header, _thousandths(weights, scale))


def _thousandths(weights: NDArray[np.float32], scale: Scale) -> NDArray[np.generic]:
    if scale == "difference":
        return np.rint(1000 * np.clip(weights, -1, 1)).astype(np.int16)
    return np.rint(1000 * np.clip(weights, 0, 1)).astype(np.uint16)


def _limit(differences: NDArray[np.float32]) -> float:
    """The largest difference shown, rounded up to the next step; at least one step, at most 1."""
    largest = float(np.rint(1000 * np.abs(differences).max()) / 1000)
    steps = max(1, math.ceil(round(largest / _LIMIT_STEP, 6)))
    return round(min(1.0, steps * _LIMIT_STEP), 2)


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
        "hintMove": _("Page Up and Page Down: other heads; with Shift: other layers"),
        "from": _("from"),
        "to": _("to"),
        "scale": _("attention weight"),
        "difference": _("difference of attention weights"),
        "unseen": _("cannot see later tokens"),
        "sinks": _("{sink} — not in the colours").format(sink=sink_label or _("Sink")),
        "pooled": _("each point shows the largest weight in it; enlarge to see every cell"),
        "larger": _("Enlarge"),
        "smaller": _("Reduce"),
        "whole": _("Whole text"),
        "span": _("tokens {first}–{last} of {total}"),
    }
