"""A search as it goes: the score of every try, the best so far, and what the best was worth apart.

Data in, figure out; what was tried is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from components.figures.palette import Palette

_HEIGHT: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTry:
    """The ``number``-th try: its score, the best so far, and the score on other rows if any."""

    number: int
    score: float
    best: float
    held_out: float | None
    name: str


def search_curve(
    tries: Sequence[SearchTry],
    *,
    palette: Palette,
    tries_name: str,
    score_name: str,
    best_name: str,
    try_name: str,
    held_out_name: str,
) -> go.Figure:
    """Points for the tries, a stepped line for the best, diamonds for the best on other rows."""
    numbers = [each.number for each in tries]
    names = [each.name for each in tries]
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=numbers,
            y=[each.score for each in tries],
            text=names,
            name=try_name,
            mode="markers",
            marker={"color": palette.categorical[5], "size": 6, "symbol": "circle-open"},
            hovertemplate="%{y:.3f} · %{text}",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=numbers,
            y=[each.best for each in tries],
            name=best_name,
            mode="lines",
            line={"color": palette.categorical[0], "width": 2, "shape": "hv"},
            hovertemplate="%{y:.3f}",
        )
    )
    apart = [each for each in tries if each.held_out is not None]
    figure.add_trace(
        go.Scatter(
            x=[each.number for each in apart],
            y=[each.held_out for each in apart],
            name=held_out_name,
            mode="lines+markers",
            line={"color": palette.categorical[1], "width": 1.5, "dash": "dash", "shape": "hv"},
            marker={"color": palette.categorical[1], "size": 9, "symbol": "diamond"},
            hovertemplate="%{y:.3f}",
        )
    )
    grid = {"gridcolor": palette.secondary, "linecolor": palette.text, "zeroline": False}
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 52, "r": 12, "t": 8, "b": 44},
        paper_bgcolor=palette.background,
        plot_bgcolor=palette.background,
        font={"color": palette.text, "size": 13},
        hovermode="x unified",
        hoverlabel={"bgcolor": palette.secondary, "font": {"color": palette.text}},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        xaxis={**grid, "title": {"text": tries_name}, "rangemode": "tozero"},
        yaxis={**grid, "title": {"text": score_name}, "tickformat": ".2f"},
    )
    return figure
