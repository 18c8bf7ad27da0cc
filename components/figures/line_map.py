"""Lines as points on a plane, coloured by their group; each says itself when pointed at.

Data in, figure out; how the plane and the groups came about is not known here.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.figures.palette import Palette

_HEIGHT: Final = 420
_SYMBOLS: Final = ("circle", "square", "diamond", "cross", "triangle-up", "x")
_SIGNS: Final = 200


def line_map(
    points: NDArray[np.floating],
    groups: NDArray[np.integer],
    texts: Sequence[str],
    *,
    names: Sequence[str],
    palette: Palette,
    marked: Sequence[int] = (),
    marked_name: str = "",
) -> go.Figure:
    """``points`` (line, 2), each with its group and text; ``names`` are those of the groups.

    ``marked`` are places of points that get a ring, called ``marked_name`` in the legend. Raises
    ValueError where these do not fit together.
    """
    if not len(points) == len(groups) == len(texts):
        raise ValueError(f"{len(points)} points, {len(groups)} groups and {len(texts)} texts")
    figure = go.Figure()
    told = [_told(text) for text in texts]
    for group, name in enumerate(names):
        own = np.flatnonzero(groups == group)
        figure.add_trace(
            go.Scattergl(
                x=points[own, 0],
                y=points[own, 1],
                name=_told(name),
                mode="markers",
                marker={
                    "color": palette.categorical[group % len(palette.categorical)],
                    "symbol": _SYMBOLS[(group // len(palette.categorical)) % len(_SYMBOLS)],
                    "size": 7 if len(points) < 1000 else 4,
                    "opacity": 0.8,
                },
                text=[told[place] for place in own],
                hovertemplate="%{text}<extra></extra>",
            )
        )
    if len(marked):
        figure.add_trace(
            go.Scattergl(
                x=points[list(marked), 0],
                y=points[list(marked), 1],
                name=marked_name,
                mode="markers",
                marker={
                    "color": "rgba(0,0,0,0)",
                    "size": 14,
                    "line": {"color": palette.ring, "width": 2},
                },
                text=[told[place] for place in marked],
                hovertemplate="%{text}<extra></extra>",
            )
        )
    axis = {"gridcolor": palette.secondary, "zeroline": False, "showticklabels": False}
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor=palette.background,
        plot_bgcolor=palette.background,
        font={"color": palette.text, "size": 13},
        hoverlabel={"bgcolor": palette.secondary, "font": {"color": palette.text}, "align": "left"},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        xaxis=axis,
        yaxis=axis,
    )
    return figure


def _told(text: str) -> str:
    """``text`` in short lines, with nothing that plotly would act on."""
    short = text if len(text) <= _SIGNS else f"{text[:_SIGNS]}…"
    return "<br>".join(escape(line) for line in textwrap.wrap(short, 60)) or "–"
