"""How often predictions are right by how sure they were: bars beside the diagonal they should meet.

Data in, figure out; what predicted, and what, is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from components.figures.palette import Palette

_HEIGHT: Final = 300


def reliability_plot(
    edges: Sequence[float],
    accuracy: Sequence[float],
    confidence: Sequence[float],
    counts: Sequence[int],
    *,
    palette: Palette,
    confidence_name: str,
    accuracy_name: str,
    ideal_name: str,
    count_name: str,
) -> go.Figure:
    """Bars of ``accuracy`` in each bin between ``edges``; empty bins have none.

    A point stands at the mean ``confidence`` of the bin; hovering tells the ``counts``.
    """
    if not len(edges) - 1 == len(accuracy) == len(confidence) == len(counts):
        raise ValueError(f"{len(edges) - 1} bins and {len(accuracy)} accuracies")
    there = [place for place, count in enumerate(counts) if count]
    figure = go.Figure()
    figure.add_trace(
        go.Bar(
            x=[(edges[place] + edges[place + 1]) / 2 for place in there],
            y=[accuracy[place] for place in there],
            width=[0.9 * (edges[place + 1] - edges[place]) for place in there],
            name=accuracy_name,
            marker={"color": palette.categorical[0]},
            customdata=[counts[place] for place in there],
            hovertemplate=f"{accuracy_name} %{{y:.3f}}<br>{count_name} %{{customdata:,}}",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[confidence[place] for place in there],
            y=[accuracy[place] for place in there],
            name=confidence_name,
            mode="markers",
            marker={"color": palette.categorical[1], "symbol": "diamond", "size": 9},
            hovertemplate=f"{confidence_name} %{{x:.3f}}",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[0, 1],
            y=[0, 1],
            name=ideal_name,
            mode="lines",
            line={"color": palette.categorical[5], "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
        )
    )
    grid = {"gridcolor": palette.secondary, "linecolor": palette.text, "zeroline": False}
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 56, "r": 12, "t": 8, "b": 44},
        paper_bgcolor=palette.background,
        plot_bgcolor=palette.background,
        font={"color": palette.text, "size": 13},
        hoverlabel={"bgcolor": palette.secondary, "font": {"color": palette.text}},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        xaxis={**grid, "title": {"text": confidence_name}, "range": [0, 1], "tickformat": ".1f"},
        yaxis={**grid, "title": {"text": accuracy_name}, "range": [0, 1], "tickformat": ".1f"},
    )
    return figure
