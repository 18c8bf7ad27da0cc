"""Plotly figures on a page: the palette that is right now, and the size of type of its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

from app.projector import SIZE, USUAL_SIZE, is_projector
from components.figures.larger import enlarge
from components.figures.palette import DARK, LIGHT, Palette

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from streamlit.elements.plotly_chart import PlotlyState


def palette_now() -> Palette:
    """The colours of the theme that the reader has."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def show_chart(
    figure: go.Figure, *, key: str, alt: str, on_select: Literal["ignore", "rerun"] = "ignore"
) -> PlotlyState:
    """Show ``figure`` as it is, larger for a projector; ``alt`` says what it shows."""
    if is_projector():
        enlarge(figure, SIZE / USUAL_SIZE)
    return st.plotly_chart(
        figure,
        key=key,
        theme=None,
        on_select=on_select,
        selection_mode="points",
        config={"displayModeBar": False},
        alt=alt,
    )
