"""The tab "bertviz": its own views, for who knows them, offline and of the layers asked for."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.attention.look import Chosen
from app.attention.state import ATTENTION
from app.frame import framed
from components.bertviz import bertviz_page
from components.bertviz_size import bertviz_height
from components.controls import choose_some, choose_view
from core.attention import AttentionOverview
from core.language import _

KIND, LAYERS = ATTENTION.key("bertviz"), ATTENTION.key("layers")
MOST_HEIGHT: Final = 900  # pixels; more scrolls inside


@framed
def show_bertviz(overview: AttentionOverview, chosen: Chosen) -> None:
    """One of bertviz's views of the chosen layer, or of those asked for."""
    left, right = st.columns([4, 8], vertical_alignment="bottom")
    with left:
        kind = _choose_kind()
    with right:
        layers = _choose_layers(overview, chosen)
    page = bertviz_page(
        kind,
        overview.capture,
        layers=layers,
        stack=overview.stack,
        selected=chosen.place,
        dark=st.context.theme.type == "dark",
    )
    height = bertviz_height(
        kind,
        layers=len(layers),
        heads=len(overview.heads),
        tokens=len(overview.query_tokens),
        keys=len(overview.key_tokens),
    )
    st.iframe(page, height=min(height, MOST_HEIGHT), alt=_("bertviz"))


def _choose_kind() -> str:
    names = {"head": _("Head view"), "model": _("Model view"), "neuron": _("Neuron view")}
    return choose_view(_("View of bertviz"), names, key=KIND)


def _choose_layers(overview: AttentionOverview, chosen: Chosen) -> list[int]:
    """The layers asked for; the chosen one where none is."""
    asked = choose_some(
        _("Layers to draw"),
        overview.layers,
        key=LAYERS,
        placeholder=_("the chosen layer, {layer}").format(layer=chosen.layer),
    )
    return sorted(asked) or [chosen.layer]
