"""Attention heads as lines from the tokens that look to the tokens they look at.

Weights travel as thousandths. What is neither drawn nor said stays out of the message: a weight
below ``LEAST`` that is not among the three largest of its query or of its key.
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

MOST_HEADS: Final = 8
"""More cannot be told apart by colour."""

LEAST: Final = 0.02
"""Lines of smaller weights are not drawn, and the legend says so."""

_SAID: Final = 3  # the largest weights that the line under the view says
_mount = register_view(
    "attention_lines",
    "row_frame.js",
    "attention_lines_painting.js",
    "attention_lines_tokens.js",
    "attention_lines_pointing.js",
)


def attention_lines(
    weights: NDArray[np.float32],
    query_labels: Sequence[str],
    key_labels: Sequence[str],
    *,
    key: str,
    title: str,
    names: Sequence[str],
    causal: bool = False,
    sink_columns: Sequence[int] = (),
    sink_label: str = "",
    special_queries: Sequence[int] = (),
    special_keys: Sequence[int] = (),
    query_gaps: Sequence[int] = (),
    key_gaps: Sequence[int] = (),
    selected_query: int | None = None,
    on_select: Callable[[int], None] | None = None,
    selectable: bool = False,
    place: tuple[int, int] | None = None,
    preview_of: Sequence[str] = (),
    source: str = "",
) -> int | None:
    """Show ``weights``, 0..1, [head, query, key]; the query clicked just now, else None.

    Each of at most ``MOST_HEADS`` heads has a colour and its name among ``names``. Lines to
    ``sink_columns`` are grey and thin; ``sink_label`` says what they are, such as "[CLS] 47 %".
    Special tokens have grey labels. A gap stands before each token in ``query_gaps`` and
    ``key_gaps``, such as the first one of a second text. ``title`` names the picture for people
    who hear it; ``selected_query`` has a ring. Queries can be chosen when ``selectable`` is set or
    ``on_select`` is given; it is called before the rerun. A causal head may show its last queries
    only. While another head than ``place``, a (layer, head), waits for its weights after a click
    in a grid whose key is among ``preview_of``, the lines are dimmed. ``source`` stands at the foot
    of a saved picture. Raises ValueError where these do not fit together.
    """
    message = lines_message(
        weights,
        query_labels,
        key_labels,
        key=key,
        title=title,
        names=names,
        causal=causal,
        sink_columns=sink_columns,
        sink_label=sink_label,
        special_queries=special_queries,
        special_keys=special_keys,
        query_gaps=query_gaps,
        key_gaps=key_gaps,
        selectable=selectable or on_select is not None,
        place=place,
        preview_of=preview_of,
        source=source,
    )
    queries = weights.shape[1]
    if selected_query is not None and not 0 <= selected_query < queries:
        raise ValueError(f"selected query {selected_query} outside 0..{queries - 1}")

    def read(sent: object) -> int | None:
        return sent if isinstance(sent, int) and 0 <= sent < queries else None

    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select)
        tell_selection(key, None if selected_query is None else [selected_query])
    return choice


def lines_message(
    weights: NDArray[np.float32],
    query_labels: Sequence[str],
    key_labels: Sequence[str],
    *,
    key: str,
    title: str,
    names: Sequence[str],
    causal: bool = False,
    sink_columns: Sequence[int] = (),
    sink_label: str = "",
    special_queries: Sequence[int] = (),
    special_keys: Sequence[int] = (),
    query_gaps: Sequence[int] = (),
    key_gaps: Sequence[int] = (),
    selectable: bool = False,
    place: tuple[int, int] | None = None,
    preview_of: Sequence[str] = (),
    source: str = "",
) -> bytes:
    """What the browser is sent for ``attention_lines`` with these arguments."""
    _check(weights, query_labels, key_labels, names, causal)
    _heads, queries, keys = weights.shape
    for name, places, count in (
        ("sink column", sink_columns, keys),
        ("special query", special_queries, queries),
        ("special key", special_keys, keys),
        ("query gap", query_gaps, queries),
        ("key gap", key_gaps, keys),
    ):
        if any(not 0 <= place < count for place in places):
            raise ValueError(f"{name} outside 0..{count - 1}: {tuple(places)}")
    header: dict[str, Json] = {
        "view": key,
        "title": title,
        "names": list(names),
        "queries": list(query_labels),
        "keys": None if list(key_labels) == list(query_labels) else list(key_labels),
        "specialQueries": list(special_queries),
        "specialKeys": list(special_keys),
        "queryGaps": sorted(set(query_gaps)),
        "keyGaps": sorted(set(key_gaps)),
        "causal": causal,
        "selectable": selectable,
        "place": None if place is None else list(place),
        "previewOf": list(preview_of),
        "sinks": sorted(set(sink_columns)),
        "least": round(1000 * LEAST),
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(sink_label),
    }
    return encode_message(header, _kept_thousandths(weights))


def _kept_thousandths(weights: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Thousandths, zero where nothing is drawn or said; zeros weigh nothing once deflated."""
    thousandths = np.rint(1000 * np.clip(weights, 0, 1)).astype(np.uint16)
    drawn = thousandths >= round(1000 * LEAST)  # (head, query, key)
    kept = drawn.copy()
    for axis in (1, 2):
        along = np.moveaxis(weights, axis, -1)
        kept_along = np.moveaxis(kept, axis, -1)  # a view
        heads, tokens = np.nonzero(np.moveaxis(drawn, axis, -1).sum(axis=-1) < _SAID)
        said = min(_SAID, along.shape[-1])
        largest = np.argpartition(along[heads, tokens], -said, axis=-1)[:, -said:]
        kept_along[heads[:, None], tokens[:, None], largest] = True
    return np.where(kept, thousandths, 0).astype(np.uint16)


def _check(
    weights: NDArray[np.float32],
    query_labels: Sequence[str],
    key_labels: Sequence[str],
    names: Sequence[str],
    causal: bool,
) -> None:
    if weights.ndim != 3 or not weights.size:
        raise ValueError(f"weights of shape {weights.shape}: [head, query, key] is needed")
    if weights.shape != (len(names), len(query_labels), len(key_labels)):
        raise ValueError(
            f"weights of shape {weights.shape}, {len(names)} names, "
            f"{len(query_labels)} query labels and {len(key_labels)} key labels"
        )
    if len(names) > MOST_HEADS:
        raise ValueError(f"{len(names)} heads: at most {MOST_HEADS} can be told apart")
    if not np.isfinite(weights).all():
        raise ValueError("weights that are not finite")
    if causal and len(query_labels) > len(key_labels):
        raise ValueError("a causal head has at least as many keys as queries")


def _texts(sink_label: str) -> dict[str, Json]:
    return {
        "hint": _("Point at a token, or tap it, to follow its lines"),
        "from": _("from"),
        "to": _("to"),
        "scale": _("attention weight"),
        "least": _("weights below {least} are not drawn"),
        "none": _("no weight above {least}"),
        "unseen": _("cannot see later tokens"),
        "sinks": _("{sink} — grey and thin").format(sink=sink_label or _("Sink")),
        "toggle": _("Show or hide {name}"),
    }
