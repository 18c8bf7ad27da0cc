"""The panel "Labels" of a run: accuracy against the number of labels, from nothing and from the
pre-trained model. The study is a run of its own; here it is started, watched and drawn."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.charts import palette_now, show_chart
from app.frame import as_plain, framed
from app.train.runs_controls import may_start_study, start_study
from app.train.runs_words import state_word
from app.train.store import runs
from app.walk import problem
from components.figures.label_curve import LabelLine, label_curve
from components.tables import table
from core.language import _
from core.tuning.kept import CLASSES, FINE_TUNING
from core.tuning.label_curve import LabelCurveSpec, Scored, read_scored
from core.tuning.runs import RunRecord

STUDY: Final = LabelCurveSpec.RUN_KIND
TICK: Final = 2.0
_ACTIVE: Final = ("queued", "running")


@framed
def show_labels(record: RunRecord) -> None:
    """The study of this run, or the way to start one."""
    study = record if is_study(record) else study_of(record)
    if study is None:
        _show_start(record)
        return
    live = st.fragment(_show_study, run_every=TICK if study.state in _ACTIVE else None)
    live(study.id)


def study_of(record: RunRecord) -> RunRecord | None:
    """The newest study that belongs to the run."""
    return next(
        (
            each
            for each in runs().list()
            if each.kind == STUDY and LabelCurveSpec.from_json(each.spec).of == record.id
        ),
        None,
    )


def _show_start(record: RunRecord) -> None:
    if said := problem():
        st.error(as_plain(said))
    said = _(
        "How many labels does this need? The same training on 10, 50, 200 and 2,000 examples, "
        "once from the weights that the model came with and once from random ones: eight small "
        "networks, one after another, as a run of their own that can be stopped and resumed."
    )
    st.markdown(as_plain(said), width=680)
    st.button(
        _("Start the study"),
        key="train_study",
        icon=":material/stacked_line_chart:",
        disabled=not may_start_study(record),
        on_click=start_study,
        args=(record.id,),
    )


@framed
def _show_study(run_id: str) -> None:
    study = runs().get(run_id)
    scored = read_scored(study.folder)
    spec = LabelCurveSpec.from_json(study.spec)
    total = len(spec.counts) * len(spec.starts)
    if study.state != "done":
        said = _("{done} of {total} networks are trained; the study is {state}.").format(
            done=len(scored), total=total, state=state_word(study.state)
        )
        st.progress(len(scored) / total, text=as_plain(said))
    if study.message:
        st.warning(as_plain(study.message))
    if not scored:
        return
    majority = runs().notes(study.id).get("majority")
    floor = float(majority) if isinstance(majority, int | float) else None
    palette = palette_now()
    figure = label_curve(
        _lines(scored),
        floor=floor,
        palette=palette,
        labels_name=_("labelled examples"),
        accuracy_name=_("accuracy on held-out rows"),
        floor_name=_("always the commonest label"),
    )
    show_chart(
        figure,
        key=f"train_labels_{study.id}",
        alt=_("Accuracy by the number of labelled examples, with 95 % intervals"),
    )
    st.markdown(
        table(
            (_("labels"), _("begins from"), _("accuracy"), _("95 % interval"), _("held out")),
            [_row(each) for each in sorted(scored, key=lambda one: (one.labels, one.start))],
        )
    )
    said = _("Intervals that overlap may be noise; each network is one draw.")
    st.markdown(f":small[{as_plain(said)}]")


def _lines(scored: tuple[Scored, ...]) -> tuple[LabelLine, ...]:
    names = start_names()
    lines = []
    for start in ("pretrained", "nothing"):
        own = sorted((each for each in scored if each.start == start), key=lambda one: one.labels)
        if own:
            lines.append(
                LabelLine(
                    name=names[start],
                    labels=tuple(each.labels for each in own),
                    accuracy=tuple(each.accuracy for each in own),
                    low=tuple(each.interval[0] for each in own),
                    high=tuple(each.interval[1] for each in own),
                )
            )
    return tuple(lines)


def start_names() -> dict[str, str]:
    """What the two beginnings are called."""
    return {"pretrained": _("from the pre-trained model"), "nothing": _("from nothing")}


def _row(each: Scored) -> tuple[str, ...]:
    low, high = each.interval
    return (
        f"{each.labels:,}",
        start_names()[each.start],
        f"{each.accuracy:.3f}",
        f"{low:.3f} – {high:.3f}",
        f"{each.count:,}",
    )


def is_study(record: RunRecord) -> bool:
    """Whether the run is itself a study of labels: it trains many networks and keeps none."""
    return record.kind == STUDY


def has_labels(record: RunRecord) -> bool:
    """Whether there is a study of it, or can be."""
    if is_study(record):
        return True
    return record.kind == FINE_TUNING and any(
        f'"kind": "{kind}"' in record.spec for kind in CLASSES
    )
