"""Methods on a ladder: the accuracy of each against what it took, with its interval.

Data in, figure out. What takes nothing stands at the left edge, under a name of its own: a
logarithm has no zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from components.figures.palette import Palette

_HEIGHT: Final = 400
_LEGEND: Final = 104  # pixels for a name: two beside each other on a telephone
_SYMBOLS: Final = (
    *("circle", "square", "diamond", "cross", "x"),
    *("triangle-up", "triangle-down", "star", "hexagon"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPoint:
    """A method by its name: what it took, and its accuracy with the interval."""

    name: str
    cost: float
    accuracy: float
    low: float
    high: float


def ladder(
    points: Sequence[LadderPoint],
    *,
    palette: Palette,
    cost_name: str,
    accuracy_name: str,
    nothing_name: str,
) -> go.Figure:
    """One sign for each method; whiskers are the intervals. A click on a sign chooses it."""
    paid = [point.cost for point in points if point.cost > 0]
    lowest = math.floor(math.log10(min(paid))) if paid else 0
    highest = math.ceil(math.log10(max(paid))) if paid else 1
    highest = max(highest, lowest + 1)
    edge = 10.0 ** (lowest - 0.7)
    free = sum(1 for point in points if point.cost <= 0)
    figure, at = go.Figure(), 0
    for number, point in enumerate(points):
        place = point.cost
        if point.cost <= 0:  # beside each other, so that none hides another
            place = edge * 10.0 ** (0.5 * at / max(1, free - 1))
            at += 1
        colour = palette.categorical[number % len(palette.categorical)]
        figure.add_trace(
            go.Scatter(
                x=[place],
                y=[point.accuracy],
                name=point.name,
                mode="markers",
                marker={"color": colour, "size": 12, "symbol": _SYMBOLS[number % len(_SYMBOLS)]},
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": [max(0.0, point.high - point.accuracy)],
                    "arrayminus": [max(0.0, point.accuracy - point.low)],
                    "color": colour,
                    "thickness": 1.5,
                    "width": 5,
                },
                customdata=[point.cost],
                hovertemplate="%{y:.3f} · %{customdata:,.4~g}<extra>" + point.name + "</extra>",
            )
        )
    powers = list(range(lowest, highest + 1))
    grid = {"gridcolor": palette.secondary, "linecolor": palette.text, "zeroline": False}
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 56, "r": 12, "t": 8, "b": 44},
        paper_bgcolor=palette.background,
        plot_bgcolor=palette.background,
        font={"color": palette.text, "size": 13},
        hovermode="closest",
        hoverlabel={"bgcolor": palette.secondary, "font": {"color": palette.text}},
        legend={
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.02,
            "x": 0,
            "entrywidth": _LEGEND,
            "entrywidthmode": "pixels",
            "font": {"size": 12},
        },
        xaxis={
            **grid,
            "type": "log",
            "title": {"text": cost_name},
            "range": [lowest - (0.9 if free else 0.1), highest + 0.1],
            "tickvals": [*([edge] if free else []), *(10.0**power for power in powers)],
            "ticktext": [
                *([nothing_name] if free else []),
                *(_short(power) for power in powers),
            ],
        },
        yaxis={**grid, "title": {"text": accuracy_name}, "tickformat": ".2f"},
    )
    return figure


def _short(power: int) -> str:
    """A power of ten in a few signs: 0.1, 100, 10k, 1M."""
    for least, sign in ((9, "G"), (6, "M"), (3, "k")):
        if power >= least:
            return f"{10 ** (power - least)}{sign}"
    return f"{10.0**power:g}"
