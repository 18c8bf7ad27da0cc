"""Many attention heads at a glance: six labelled ones, or the wall of all of them.

The thumbnails come already pooled. The scale is the square root, and the legend says so; columns
that swallow most of the attention are taken out of the colours, and the legend says that too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.selection import tell_selection
from components.views.view import register_view, show
from core.language import _

Layout = Literal["labelled", "wall", "flow"]

MOST_SIDE: Final = 64
"""Pool longer texts to at most so many rows and columns; more cannot be seen in a thumbnail."""

_LEVELS: Final = 63  # steps of colour; 255 look the same and weigh half as much again
_LAYOUTS: Final = ("labelled", "wall", "flow")
_mount = register_view("attention_grid", "attention_grid_layout.js", "attention_grid_painting.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridHead:
    """One head of the grid: its place, and what it is known for, with a score from 0 to 1."""

    layer: int
    head: int
    caption: str = ""
    score: float | None = None


def attention_grid(
    heads: Sequence[GridHead],
    thumbnails: NDArray[np.float32],
    *,
    key: str,
    label: str,
    selected: tuple[int, int] | None = None,
    on_select: Callable[[tuple[int, int]], None] | None = None,
    causal: bool = False,
    sink_columns: Sequence[int] = (),
    sink_label: str = "",
    layout: Layout = "labelled",
    pooled: bool = False,
    tints: Sequence[float | None] | None = None,
    tint_label: str = "",
    source: str = "",
) -> tuple[int, int] | None:
    """Show ``heads``; the (layer, head) clicked just now, None in every other run.

    ``thumbnails`` are weights 0..1, [head, query, key], at most ``MOST_SIDE`` a side, in the order
    of ``heads``; those that are not square fill a square tile. ``layout`` "labelled" shows large
    tiles with their captions, "wall" layers and heads as rows and columns, "flow" the heads in the
    order given, each with its place and score under it, in a frame that scrolls. ``tints``, 0..1
    in the order of ``heads``, are drawn as a bar under each tile, and ``tint_label`` says in the
    legend what they are. ``sink_columns`` are columns of the thumbnails; ``sink_label`` says
    what they are, such as "[CLS] 47 %". ``pooled`` says that a cell stands for several tokens.
    ``label`` names the picture for people who hear it; ``source`` stands at the foot of a saved
    one. Raises ValueError where these do not fit together.
    """
    message = grid_message(
        heads,
        thumbnails,
        key=key,
        label=label,
        causal=causal,
        sink_columns=sink_columns,
        sink_label=sink_label,
        layout=layout,
        pooled=pooled,
        tints=tints,
        tint_label=tint_label,
        source=source,
    )
    places = [(entry.layer, entry.head) for entry in heads]

    def read(sent: object) -> tuple[int, int] | None:
        if not isinstance(sent, list) or len(sent) != 2:
            return None
        place = (sent[0], sent[1])
        return place if place in places else None

    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select)
        tell_selection(key, selected)
    return choice


def grid_message(
    heads: Sequence[GridHead],
    thumbnails: NDArray[np.float32],
    *,
    key: str,
    label: str,
    causal: bool = False,
    sink_columns: Sequence[int] = (),
    sink_label: str = "",
    layout: Layout = "labelled",
    pooled: bool = False,
    tints: Sequence[float | None] | None = None,
    tint_label: str = "",
    source: str = "",
) -> bytes:
    """What the browser is sent for ``attention_grid`` with these arguments."""
    _check(heads, thumbnails, sink_columns, layout, causal=causal)
    _check_tints(tints, len(heads))
    header: dict[str, Json] = {
        "view": key,
        "label": label,
        "heads": [[entry.layer, entry.head] for entry in heads],
        "captions": [_caption(entry) for entry in heads],
        "scores": [_score(entry) for entry in heads],
        "tints": None if tints is None else list(tints),
        "causal": causal,
        "sinks": sorted(set(sink_columns)),
        "layout": layout,
        "levels": _LEVELS,
        "pooled": pooled,
        "source": source,
        "saving": saving_texts(),
        "texts": {**_texts(sink_label), "tints": tint_label or _("score")},
    }
    levels = np.rint(_LEVELS * np.sqrt(np.clip(thumbnails, 0, 1))).astype(np.uint8)
    return encode_message(header, levels)


def _check(
    heads: Sequence[GridHead],
    thumbnails: NDArray[np.float32],
    sink_columns: Sequence[int],
    layout: str,
    *,
    causal: bool,
) -> None:
    if not heads:
        raise ValueError("no heads to show")
    if thumbnails.ndim != 3:
        raise ValueError(f"thumbnails of shape {thumbnails.shape}: [head, query, key] is needed")
    if len(heads) != len(thumbnails):
        raise ValueError(f"{len(heads)} heads and {len(thumbnails)} thumbnails")
    rows, columns = thumbnails.shape[1:]
    for side, name in ((columns, "columns"), (rows, "rows")):
        if not 1 <= side <= MOST_SIDE:
            raise ValueError(f"thumbnails of {side} {name}: from 1 to {MOST_SIDE} are needed")
    if causal and rows > columns:
        raise ValueError("thumbnails of causal heads have at least as many columns as rows")
    if any(not 0 <= column < columns for column in sink_columns):
        raise ValueError(f"sink columns {tuple(sink_columns)} of {columns}")
    if layout not in _LAYOUTS:
        raise ValueError(f"layout {layout!r}: one of {', '.join(_LAYOUTS)} is needed")
    if len({(entry.layer, entry.head) for entry in heads}) != len(heads):
        raise ValueError("a head stands twice in the grid")


def _check_tints(tints: Sequence[float | None] | None, count: int) -> None:
    if tints is None:
        return
    if len(tints) != count:
        raise ValueError(f"{count} heads and {len(tints)} tints")
    if any(tint is not None and not 0 <= tint <= 1 for tint in tints):
        raise ValueError("tints outside 0..1")


def _score(entry: GridHead) -> str:
    return "" if entry.score is None else f"{entry.score:.2f}"


def _caption(entry: GridHead) -> str:
    return f"{entry.caption} {_score(entry)}".strip()


def _texts(sink_label: str) -> dict[str, Json]:
    return {
        "hint": _("Point at a head to see what it does; click to open it"),
        "place": _("layer {layer} · head {head}"),
        "layer": _("layer"),
        "head": _("head"),
        "scale": _("attention weight, square-root scale"),
        "unseen": _("cannot see later tokens"),
        "pooled": _("each point shows the largest weight of several tokens"),
        "sinks": _("{sink} — not in the colours").format(sink=sink_label or _("Sink")),
    }
