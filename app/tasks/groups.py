"""Groups among the searched lines, on a plane, each with its most typical lines."""

from __future__ import annotations

import streamlit as st

from app.charts import palette_now, show_chart
from app.csv_download import offer_csv
from app.facts import provenance
from app.frame import as_plain
from app.waiting import waited
from components.controls import choose_view
from components.figures.line_map import line_map
from components.tables import table
from core.embedding.projection import Method
from core.embedding.sentences import FloatArray
from core.export import table_csv
from core.jobs import Progress, Stop
from core.language import _
from core.tasks.clusters import POINT_LIMIT, Clusters, cluster_lines
from core.tasks.search import LineIndex

GROUPS = "tasks.group_count"
PLANE = "tasks.plane"
MOST = 12
SIGNS = 90
RINGS = 5


def show_groups(model_id: str, index: LineIndex, vector: FloatArray) -> None:
    """The plane, coloured by group, and what each group is about."""
    left, right = st.columns([5, 5], vertical_alignment="bottom")
    most = min(MOST, len(index.vectors))
    if most < 3:
        st.info(_("Groups need at least 3 lines."))
        return
    with left:
        count = int(st.slider(_("Groups"), 2, most, min(6, most), key=GROUPS))
    with right:
        names: dict[Method, str] = {"pca": _("Principal components"), "umap": "UMAP"}
        st.session_state.setdefault(PLANE, "pca")
        plane = choose_view(_("Plane"), names, key=PLANE)
    key = (model_id, "groups", id(index.vectors), len(index.vectors), count, plane)

    def find(_progress: Progress, _stop: Stop) -> Clusters:
        return cluster_lines(index.vectors, groups=count, plane=plane)

    job = waited(key, "tasks_groups_bar", _("Looking for groups"), find)
    if job is None or job.value is None:
        return
    found = job.value
    near = {hit.place for hit in index.nearest(vector, top=RINGS)}
    titles = [
        _("group {number} · {count:,}").format(number=number + 1, count=size)
        for number, size in enumerate(found.sizes)
    ]
    figure = line_map(
        found.points,
        found.groups,
        [index.lines[place] for place in found.places],
        names=titles,
        palette=palette_now(),
        marked=[at for at, place in enumerate(found.places) if int(place) in near],
        marked_name=_("nearest to your text"),
    )
    show_chart(
        figure,
        key="tasks_groups_map",
        alt=_("The lines as points on a plane, coloured by group"),
    )
    st.markdown(f":small[{as_plain(_about(found, plane, len(index.vectors)))}]")
    rows = [
        (titles[number], " · ".join(_short(index.lines[place]) for place in typical))
        for number, typical in enumerate(found.typical)
    ]
    st.markdown(table((_("group"), _("most typical lines")), rows))
    offer_csv(
        _("Lines with group and place, as CSV"),
        lambda: groups_csv(model_id, index, found),
        name="groups",
        model=model_id,
        key="tasks_groups_csv",
    )


def _about(found: Clusters, plane: Method, lines: int) -> str:
    if plane == "pca":
        said = _(
            "k-means on all dimensions; the plane keeps {share:.0%} of the variance, so groups may "
            "overlap on it."
        ).format(share=found.explained)
    else:
        said = _(
            "k-means on all dimensions; UMAP keeps neighbours together, its distances mean little."
        )
    if lines > POINT_LIMIT:
        said += " " + _("{count:,} lines of {all:,} are shown, drawn at random.").format(
            count=len(found.places), all=lines
        )
    return said


def groups_csv(model_id: str, index: LineIndex, found: Clusters) -> str:
    """Every line shown with its group, from 1, and its place on the plane."""
    rows = [
        [int(place) + 1, int(group) + 1, float(x), float(y), index.lines[place]]
        for place, group, (x, y) in zip(found.places, found.groups, found.points, strict=True)
    ]
    return table_csv([["line", "group", "x", "y", "text"], *rows], provenance(model_id))


def _short(text: str) -> str:
    return text if len(text) <= SIGNS else f"{text[:SIGNS]}…"
