"""How one word moves through the layers in two contexts: their cosine, and the paths drawn."""

from __future__ import annotations

import streamlit as st

from app.anatomy.space_look import SpaceLook
from app.anatomy.state import ANATOMY
from app.facts import source_line
from app.frame import as_plain, framed
from components.tables import table
from components.views.point_cloud import point_cloud
from core.embedding import WordJourney
from core.language import _

POINT, WITH = ANATOMY.key("point"), ANATOMY.key("with")


@framed
def show_journey(look: SpaceLook, word: str, axes: int) -> None:
    """The word in the chosen line and in another one, layer by layer."""
    journey = look.journey(word)
    count = len(journey.texts)
    st.header(_("Its way through the layers"), anchor=False)
    if count < 2:
        st.info(_("Write a second line with “{word}” to compare.").format(word=as_plain(word)))
        return
    one = st.session_state[POINT]
    one = 0 if one is None or one >= count else int(one)
    other = _choose_other(journey, one)
    left, right = st.columns([7, 5], gap="large")
    with left:
        _draw_paths(look, journey, word, axes, (one, other))
    with right:
        _show_table(journey, word, one, other)


def _choose_other(journey: WordJourney, one: int) -> int:
    others = [place for place in range(len(journey.texts)) if place != one]
    if st.session_state[WITH] not in others:
        st.session_state[WITH] = others[0]
    return int(
        st.selectbox(
            _("The other context"),
            others,
            format_func=journey.labels.__getitem__,
            key=WITH,
            persist_state="session",
        )
    )


def _show_table(journey: WordJourney, word: str, one: int, other: int) -> None:
    st.markdown(
        _("**{word}** in “{one}” and in “{other}”:").format(
            word=as_plain(word),
            one=as_plain(journey.labels[one]),
            other=as_plain(journey.labels[other]),
        )
    )
    alike = journey.cosines(one, other)
    before = ("", *(f"{value:.3f}" for value in journey.kept(one)))
    rows = [
        (str(layer), f"{cosine:.3f}", kept)
        for layer, (cosine, kept) in enumerate(zip(alike, before, strict=True))
    ]
    with st.container(height=330 if len(rows) > 9 else "content", border=False):
        st.markdown(
            table((_("layer"), _("cosine of the two"), _("with itself one layer before")), rows)
        )


def _draw_paths(
    look: SpaceLook, journey: WordJourney, word: str, axes: int, chosen: tuple[int, int]
) -> None:
    """Both paths on one map, made of all layers of all lines."""
    count, layers = len(journey.texts), len(journey.vectors)
    projection = look.paths(journey, word, axes)
    places = [layer * count + text for text in chosen for layer in range(layers)]
    labels = [str(layer) for _text in chosen for layer in range(layers)]
    names = [f"PC {axis + 1} ({share:.0%})" for axis, share in enumerate(projection.explained)]
    point_cloud(
        projection.coordinates[places],
        labels,
        key="anatomy_journey",
        label=_("The way of “{word}” through the layers").format(word=word),
        axes=names,
        groups=[which for which in (0, 1) for _layer in range(layers)],
        group_names=[journey.labels[text] for text in chosen],
        details=[journey.labels[text] for text in chosen for _layer in range(layers)],
        paths=[list(range(layers)), list(range(layers, 2 * layers))],
        source=source_line(look.model),
    )
