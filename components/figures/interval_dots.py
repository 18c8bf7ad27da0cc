"""Figures side by side, each a dot with its interval on one line: what overlaps may be noise.

Data in, figure out; what was measured is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from components.figures.palette import Palette

_ROW: Final = 30
_AROUND: Final = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One figure by its name, with its interval; ``marked`` ones are drawn as a diamond.

    ``tick`` stands at the axis where the name is too long for a telephone.
    """

    name: str
    value: float
    low: float
    high: float
    marked: bool = False
    tick: str = ""


def interval_dots(
    dots: Sequence[Dot], *, palette: Palette, value_name: str, floor: float | None = None
) -> go.Figure:
    """The ``dots`` from top to bottom; ``floor`` is a line that all are compared with."""
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=[dot.value for dot in dots],
            y=list(range(len(dots))),
            mode="markers",
            marker={
                "color": [palette.categorical[1 if dot.marked else 0] for dot in dots],
                "symbol": ["diamond" if dot.marked else "circle" for dot in dots],
                "size": 10,
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [max(0.0, dot.high - dot.value) for dot in dots],
                "arrayminus": [max(0.0, dot.value - dot.low) for dot in dots],
                "color": palette.text,
                "thickness": 1.2,
                "width": 4,
            },
            customdata=[(dot.name, dot.low, dot.high) for dot in dots],
            hovertemplate=(
                "%{customdata[0]}<br>%{x:.3f} (%{customdata[1]:.3f} – %{customdata[2]:.3f})"
                "<extra></extra>"
            ),
        )
    )
    if floor is not None:
        figure.add_vline(x=floor, line={"color": palette.categorical[5], "dash": "dot"})
    grid = {"gridcolor": palette.secondary, "linecolor": palette.text, "zeroline": False}
    figure.update_layout(
        height=_AROUND + _ROW * len(dots),
        showlegend=False,
        margin={"l": 8, "r": 12, "t": 8, "b": 44},
        paper_bgcolor=palette.background,
        plot_bgcolor=palette.background,
        font={"color": palette.text, "size": 13},
        hoverlabel={"bgcolor": palette.secondary, "font": {"color": palette.text}},
        xaxis={**grid, "title": {"text": value_name}, "tickformat": ".2f"},
        yaxis={
            **grid,
            "autorange": "reversed",
            "automargin": True,
            "tickvals": list(range(len(dots))),
            "ticktext": [dot.tick or dot.name for dot in dots],
        },
    )
    return figure
