"""How many labels a model needs: accuracy against their number, with intervals and the floor.

Data in, figure out; what was trained, and on what, is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from components.figures.palette import Palette

_HEIGHT: Final = 320
_STYLES: Final = (("solid", "circle"), ("dash", "square"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLine:
    """One series by its name: ``labels`` against ``accuracy``, each with its interval."""

    name: str
    labels: tuple[int, ...]
    accuracy: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def label_curve(
    lines: Sequence[LabelLine],
    *,
    floor: float | None,
    palette: Palette,
    labels_name: str,
    accuracy_name: str,
    floor_name: str,
) -> go.Figure:
    """The lines on a logarithmic axis of labels, and the ``floor`` of one who always says the same.

    Whiskers are the intervals.
    """
    figure = go.Figure()
    for number, line in enumerate(lines):
        colour = palette.categorical[number % len(palette.categorical)]
        dash, symbol = _STYLES[number % len(_STYLES)]
        figure.add_trace(
            go.Scatter(
                x=line.labels,
                y=line.accuracy,
                name=line.name,
                mode="lines+markers",
                line={"color": colour, "width": 2, "dash": dash},
                marker={"color": colour, "symbol": symbol, "size": 9},
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": _above(line.high, line.accuracy),
                    "arrayminus": _above(line.accuracy, line.low),
                    "color": colour,
                    "thickness": 1.5,
                    "width": 5,
                },
                hovertemplate="%{y:.3f}",
            )
        )
    shown = sorted({count for line in lines for count in line.labels})
    if floor is not None and shown:
        figure.add_trace(
            go.Scatter(
                x=[shown[0], max(shown[-1], shown[0] + 1)],
                y=[floor, floor],
                name=floor_name,
                mode="lines",
                line={"color": palette.categorical[5], "width": 1.5, "dash": "dot"},
                hovertemplate="%{y:.3f}",
            )
        )
    grid = {"gridcolor": palette.secondary, "linecolor": palette.text, "zeroline": False}
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 56, "r": 12, "t": 8, "b": 44},
        paper_bgcolor=palette.background,
        plot_bgcolor=palette.background,
        font={"color": palette.text, "size": 13},
        hovermode="x unified",
        hoverlabel={"bgcolor": palette.secondary, "font": {"color": palette.text}},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        xaxis={
            **grid,
            "type": "log",
            "title": {"text": labels_name},
            "tickvals": shown,
            "ticktext": [f"{count:,}" for count in shown],
        },
        yaxis={**grid, "title": {"text": accuracy_name}, "tickformat": ".2f"},
    )
    return figure


def _above(upper: Sequence[float], lower: Sequence[float]) -> list[float]:
    return [max(0.0, one - other) for one, other in zip(upper, lower, strict=True)]
