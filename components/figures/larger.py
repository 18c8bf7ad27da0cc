"""A figure in larger type, as for a projector: letters, margins, height and marks grow alike."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go


def enlarge(figure: go.Figure, factor: float) -> go.Figure:
    """``figure`` itself, with every length that it gives in pixels ``factor`` times as long.

    Expects a layout that gives its ``height``, ``font.size`` and ``margin``, as all figures of
    Headlight do; letters without a size of their own follow ``font.size``.
    """
    layout: Any = figure.layout
    layout.height *= factor
    layout.font.size *= factor
    for side in "lrtb":
        layout.margin[side] *= factor
    if layout.legend.font.size:
        layout.legend.font.size *= factor
    if layout.legend.entrywidthmode == "pixels" and layout.legend.entrywidth:
        layout.legend.entrywidth *= factor
    for trace in figure.data:
        for part, length in (("marker", "size"), ("line", "width")):
            held = getattr(trace, part, None)  # bars have no line, and their marker has no size
            if given := getattr(held, length, None):
                setattr(held, length, factor * given)
    return figure
