"""The room "Where words live": points of one layer, who is near whom, and a word's journey."""

from __future__ import annotations

import streamlit as st

from app.anatomy.journey import show_journey
from app.anatomy.space_look import SpaceLook
from app.anatomy.state import ANATOMY
from app.facts import source_line
from app.frame import as_plain, framed
from app.links import publish_link
from components.controls import choose_view
from components.tables import table
from components.views.point_cloud import point_cloud
from core.embedding import Neighbours, PointKind, Points, Projection
from core.errors import TextError
from core.language import _

WORD, POINTS, DEPTH, AXES, BY, POINT, WITH = (
    ANATOMY.key(name) for name in ("word", "points", "depth", "axes", "by", "point", "with")
)


@st.fragment
@framed
def show_space(look: SpaceLook) -> None:
    """The points and the inspector beside them; a click runs only this again, not the page."""
    try:
        _show(look)
    finally:
        publish_link(ANATOMY)


@framed
def _show(look: SpaceLook) -> None:
    if not look.lines:
        raise TextError(_("The text is empty: type at least one word."))
    kind = _choose_points()
    with st.spinner(_("Reading {count} lines").format(count=len(look.lines)), show_time=False):
        layers = look.read().layers
    layer = _choose_layer(layers)
    _show_points(look, kind, layer)
    if kind == "word":
        show_journey(look, str(st.session_state[WORD]), int(st.session_state[AXES]))


def _choose_points() -> PointKind:
    what, word, dims, method = st.columns([4, 3, 2, 3], vertical_alignment="bottom")
    names: dict[PointKind, str] = {
        "word": _("One word"),
        "tokens": _("All tokens"),
        "texts": _("Whole lines"),
    }
    with what:
        kind = choose_view(_("What is a point"), names, key=POINTS)
    if kind == "word":
        with word:
            st.text_input(_("The word"), key=WORD, persist_state="session", on_change=forget_point)
    with dims:
        st.segmented_control(
            _("Dimensions"),
            [2, 3],
            format_func=lambda count: f"{count}-D",
            key=AXES,
            persist_state="session",
            required=True,
            label_visibility="collapsed",
        )
    with method:
        choose_view(_("Projection"), {"pca": "PCA", "umap": "UMAP"}, key=BY)
    return kind


def forget_point() -> None:
    """No point is chosen; what another word calls."""
    st.session_state[POINT] = st.session_state[WITH] = None


def _choose_layer(last: int) -> int:
    """The layer as a slider, from the embedding to the last."""
    asked = st.session_state[DEPTH]
    if asked is not None and asked > last:
        st.warning(
            _("There is no layer {layer}: layers go from 0 to {last}.").format(
                layer=asked, last=last
            )
        )
    st.session_state[DEPTH] = last if asked is None else min(asked, last)
    return int(
        st.slider(_("Layer (0 is the embedding)"), 0, last, key=DEPTH, persist_state="session")
    )


def _show_points(look: SpaceLook, kind: PointKind, layer: int) -> None:
    session = st.session_state
    word, method, axes = str(session[WORD]), session[BY], int(session[AXES])
    points = look.points(layer, kind, word)
    said = (
        _("Projecting {count} points; UMAP takes long the first time, then it is quick")
        if method == "umap"
        else _("Projecting {count} points")
    )
    with st.spinner(said.format(count=len(points))):
        projection = look.projection(points, layer, kind, word, method, axes)
    near = look.neighbours(points)
    chosen = session[POINT]
    if chosen is None or chosen >= len(points):
        chosen = 0
    left, right = st.columns([7, 5], gap="large")
    with left:
        _draw(look, points, projection, near, chosen, layer)
    with right:
        _inspect(points, near, chosen, layer)
        st.markdown(f":small[{as_plain(_about(projection, method, points))}]")


def _draw(
    look: SpaceLook,
    points: Points,
    projection: Projection,
    near: Neighbours,
    chosen: int,
    layer: int,
) -> None:
    axes = projection.coordinates.shape[1]
    names = [
        f"PC {axis + 1} ({projection.explained[axis]:.0%})"
        if projection.explained
        else f"UMAP {axis + 1}"
        for axis in range(axes)
    ]
    point_cloud(
        projection.coordinates,
        points.labels,
        key="anatomy_space",
        label=_("Points of layer {layer}").format(layer=layer),
        axes=names,
        groups=[text % 5 for text in points.texts]
        if len(set(points.texts)) < len(points)
        else None,
        details=[look.lines[text] for text in points.texts]
        if len(set(points.texts)) < len(points)
        else (),
        neighbours=near.points,
        cosines=near.cosines,
        selected=chosen,
        on_select=_choose,
        source=source_line(look.model),
    )


def _choose(point: int) -> None:
    st.session_state[POINT] = point


def _inspect(points: Points, near: Neighbours, chosen: int, layer: int) -> None:
    """The chosen point and the others nearest to it."""
    st.markdown(
        _("Nearest to **{point}** in layer {layer}:").format(
            point=as_plain(points.labels[chosen]), layer=layer
        )
    )
    rows = [
        (points.labels[other], f"{cosine:.3f}")
        for other, cosine in zip(near.points[chosen], near.cosines[chosen], strict=True)
    ]
    st.markdown(table((_("point"), _("cosine")), rows))


def _about(projection: Projection, method: str, points: Points) -> str:
    """What the picture keeps of the vectors, and what it does not."""
    if method == "umap":
        said = _(
            "UMAP keeps who is near whom; distances, and how far groups lie apart, mean nothing. "
            "Seed 0: the same points give the same picture."
        )
    else:
        said = _(
            "These axes keep {share} of the variance; the rest of the {dims} dimensions is not "
            "seen. Cosines are of the whole vectors."
        ).format(share=f"{sum(projection.explained):.0%}", dims=points.vectors.shape[1])
    if points.left_out:
        said += " " + _(
            "Left out, with vectors more than 8 times as long as the median: {tokens}."
        ).format(tokens=", ".join(dict.fromkeys(points.left_out)))
    return said
