"""The panel "Results" of a run: figures with intervals, what was confused, the worst mistakes.

It only reads what the worker kept when the run ended.
"""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from app.frame import as_plain, framed
from app.train.confused import show_confused
from app.train.results_mistakes import show_mistakes
from components.tables import table
from core.language import _
from core.tuning.outcome import Measure, Outcome, read_outcome
from core.tuning.runs import RunRecord


@framed
def show_results(record: RunRecord) -> None:
    """What came of the run; where there is nothing yet, when there will be."""
    outcome = read_outcome(record.folder)
    if outcome is None:
        st.info(_nothing_yet(record))
        return
    figures, pictures = st.columns(2, gap="large")
    with figures:
        st.markdown(measures_table(outcome))
        for sentence in sentences(outcome):
            st.markdown(f":small[{as_plain(sentence)}]")
    with pictures:
        _show_labels(record, outcome)
    show_mistakes(record, outcome)


def measures_table(outcome: Outcome) -> str:
    """A row for each figure: its value and its interval."""
    names = {
        "accuracy": _("accuracy"),
        "macro_f1": _("macro F1"),
        "span_f1": _("F1 of whole spans"),
        "loss": _("loss (nats)"),
        "perplexity": _("perplexity"),
    }
    methods = {"wilson": _("Wilson"), "bootstrap": _("bootstrap")}
    rows = [
        (
            names[each.name],
            _number(each, each.value),
            f"{_number(each, each.low)}\u00a0–\u2060\u00a0{_number(each, each.high)}",
            methods[each.method],
        )
        for each in outcome.measures
    ]
    return table((_("figure"), _("value"), _("95 % interval"), _("found by")), rows)


def sentences(outcome: Outcome) -> tuple[str, ...]:
    """What the figures rest on, what is noise, and whether more was learnt than the commonest."""
    said = [
        _(
            "{count:,} predictions in {rows:,} rows held out, by the weights of step {step:,}."
        ).format(count=outcome.count, rows=outcome.rows, step=outcome.step),
        _(
            "Another run whose figure lies within the interval is not surely better or worse: the "
            "difference may be noise."
        ),
    ]
    accuracy = outcome.measure("accuracy")
    if accuracy is not None and not math.isnan(outcome.majority):
        if accuracy.low > outcome.majority:
            more = _("Always saying the commonest label gives {majority:.3f}: the model is better.")
        else:
            more = _(
                "Always saying the commonest label gives {majority:.3f}, which is not below the "
                "interval: the model is not surely better."
            )
        said.append(more.format(majority=outcome.majority))
    if outcome.measure("span_f1") is not None:
        said.append(_("A span counts only where its first word, its last and its kind are right."))
    return tuple(said)


def labels_table(outcome: Outcome) -> str:
    """Precision, recall and F1 of each label, the commonest first."""
    ordered = sorted(outcome.labels, key=lambda each: -each.count)
    return table(
        (_("label"), _("precision"), _("recall"), _("F1"), _("held out")),
        (
            (
                each.name,
                _share(each.precision),
                _share(each.recall),
                _share(each.f1),
                f"{each.count:,}",
            )
            for each in ordered
        ),
    )


def _show_labels(record: RunRecord, outcome: Outcome) -> None:
    names = [each.name for each in outcome.labels]
    if not names:
        return
    show_confused(
        np.array(outcome.confusion, dtype=np.int64),
        names,
        key="train_results_confusion",
        source=f"{record.name or record.id} · {_('step {step}').format(step=outcome.step)}",
    )
    with st.expander(_("Each label by itself"), expanded=len(names) <= 3):
        st.markdown(labels_table(outcome))


def _nothing_yet(record: RunRecord) -> str:
    if record.state == "done":
        return _("This run has no results: nothing was measured on rows held out.")
    return _("Results come when the run has ended; until then, look at the curves.")


def _number(measure: Measure, value: float) -> str:
    return f"{value:,.1f}" if measure.name == "perplexity" else f"{value:.3f}"


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"
