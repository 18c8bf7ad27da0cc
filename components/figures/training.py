"""A run's curves as one figure: losses above, how much is right below, on one axis of steps.

Data in, figure out; where the numbers come from, and whether more will come, is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from components.figures.palette import Palette

_HEIGHT: Final = 380
_LOWER: Final = (0.0, 0.27)
_UPPER: Final = (0.36, 1.0)
_DASHES: Final = ("solid", "dashdot", "longdash")
_MARKERS: Final = ("diamond", "square", "triangle-up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One curve by its name: ``steps`` and ``values``, both [point]. NaN leaves a gap."""

    name: str
    steps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.steps.shape != self.values.shape or self.steps.ndim != 1:
            raise ValueError("a line has as many steps as values")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A horizontal line to measure a curve against."""

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLines:
    """What is drawn of a run. Losses in nats, metrics as shares from 0 to 1."""

    loss: Line
    smoothed: Line
    validation: Line | None = None
    metrics: tuple[Line, ...] = ()
    loss_levels: tuple[Level, ...] = ()
    metric_levels: tuple[Level, ...] = ()


def training_curves(
    lines: TrainingLines,
    *,
    palette: Palette,
    revision: str,
    step_name: str,
    loss_name: str,
    metric_name: str,
) -> go.Figure:
    """The figure of ``lines``.

    While ``revision`` is the same, a reader's zoom and hidden lines stay when more points come.
    """
    figure = go.Figure()
    primary, validation, metric, level = (palette.categorical[place] for place in (0, 1, 2, 5))
    last = max((int(each.steps[-1]) for each in _all(lines) if each.steps.size), default=1)
    figure.add_trace(_trace(lines.loss, primary, width=1, opacity=0.35))
    figure.add_trace(_trace(lines.smoothed, primary, width=2.5))
    if lines.validation is not None:
        figure.add_trace(_trace(lines.validation, validation, width=2, marker="circle"))
    for each in lines.loss_levels:
        figure.add_trace(_level(each, last, level, axis="y"))
    for number, line in enumerate(lines.metrics):
        sign = number % len(_MARKERS)
        figure.add_trace(
            _trace(line, metric, width=2, marker=_MARKERS[sign], dash=_DASHES[sign], axis="y2")
        )
    if lines.metrics:
        for each in lines.metric_levels:
            figure.add_trace(_level(each, last, level, axis="y2"))
    figure.update_layout(
        **_layout(palette, revision),
        xaxis=_axis(palette, step_name, anchor="y2" if lines.metrics else "y"),
        yaxis=_axis(palette, loss_name, domain=_UPPER if lines.metrics else (0.0, 1.0)),
    )
    if lines.metrics:
        figure.update_layout(yaxis2=_axis(palette, metric_name, domain=_LOWER, anchor="x"))
    return figure


def _all(lines: TrainingLines) -> Sequence[Line]:
    validation = () if lines.validation is None else (lines.validation,)
    return (lines.loss, *validation, *lines.metrics)


def _trace(
    line: Line,
    colour: str,
    *,
    width: float,
    opacity: float = 1.0,
    marker: str = "",
    dash: str = "solid",
    axis: str = "y",
) -> go.Scatter:
    """A curve; narrow numbers, for they are sent again with every new point."""
    return go.Scatter(
        x=line.steps.astype(np.int32),
        y=line.values.astype(np.float32),
        name=line.name,
        uid=f"{axis} {line.name}",
        mode="lines+markers" if marker else "lines",
        opacity=opacity,
        line={"color": colour, "width": width, "dash": dash},
        marker={"color": colour, "symbol": marker or "circle", "size": 8},
        yaxis=axis,
        hovertemplate="%{y:.4f}",
    )


def _level(level: Level, last: int, colour: str, *, axis: str) -> go.Scatter:
    """A dotted line from the first step to the last; its name in the legend says what it is."""
    return go.Scatter(
        x=[1, max(last, 2)],
        y=[level.value, level.value],
        name=level.name,
        uid=f"{axis} {level.name}",
        mode="lines",
        line={"color": colour, "width": 1.5, "dash": "dot"},
        yaxis=axis,
        hovertemplate="%{y:.4f}",
    )


def _layout(palette: Palette, revision: str) -> dict[str, object]:
    return {
        "uirevision": revision,
        "height": _HEIGHT,
        "margin": {"l": 56, "r": 12, "t": 8, "b": 44},
        "paper_bgcolor": palette.background,
        "plot_bgcolor": palette.background,
        "font": {"color": palette.text, "size": 13},
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": palette.secondary, "font": {"color": palette.text}},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "dragmode": "zoom",
    }


def _axis(palette: Palette, name: str, **options: object) -> dict[str, object]:
    grid = palette.sequential[1] if palette.background == "#FFFFFF" else palette.secondary
    return {
        "title": {"text": name},
        "gridcolor": grid,
        "zeroline": False,
        "automargin": True,
        **options,
    }
