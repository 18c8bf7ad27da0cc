"""One evaluation as the rooms show it: figures, confusion, calibration, rows that stand out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from app.charts import palette_now, show_chart
from app.csv_download import offer_csv
from app.frame import as_plain
from components.figures.reliability import reliability_plot
from components.tables import table
from components.views.confusion import confusion
from core.language import _

if TYPE_CHECKING:
    from core.prompts import PromptEvaluation
    from core.prompts.figures import PromptFigures
    from core.tuning.outcome import Measure, Mistake

SHOWN: Final = 10
_TEXT: Final = 240
_MOST_LABELS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answered:
    """An evaluation with the rows it is about, and what made it, for files and feet of pictures."""

    evaluation: PromptEvaluation
    texts: tuple[str, ...]
    numbers: tuple[int, ...]
    title: str
    facts: tuple[tuple[str, str], ...] = ()


def show_answered(answered: Answered, *, key: str) -> None:
    """Everything about one evaluation."""
    from core.prompts.figures import figures

    evaluation = answered.evaluation
    if not evaluation.labelled:
        st.info(_("No row has a label: predictions are shown, and nothing is counted right."))
        _show_csv(answered, key=key)
        return
    found = figures(evaluation)
    left, right = st.columns([6, 6], gap="large")
    with left:
        st.markdown(measures_table(found))
        for sentence in sentences(answered, found):
            st.markdown(f":small[{as_plain(sentence)}]")
        _show_csv(answered, key=key)
    with right:
        _show_confusion(answered, key=key)
    _show_reliability(evaluation, key=key)
    _show_rows(answered, key=key)


def measures_table(found: PromptFigures) -> str:
    """A row for each figure: its value and its interval."""
    names = {"accuracy": _("accuracy"), "macro_f1": _("macro F1"), "loss": _("loss (nats)")}
    methods = {"wilson": _("Wilson"), "bootstrap": _("bootstrap")}
    return table(
        (_("figure"), _("value"), _("95 % interval"), _("found by")),
        [
            (names[each.name], f"{each.value:.3f}", interval(each), methods[each.method])
            for each in found.measures
        ],
    )


def interval(measure: Measure) -> str:
    """Both ends of an interval, on one line."""
    high = measure.high if measure.name == "loss" else min(measure.high, 1.0)
    return f"{max(measure.low, 0.0):.3f}\u00a0–\u2060\u00a0{high:.3f}"


def sentences(answered: Answered, found: PromptFigures) -> tuple[str, ...]:
    """What the figures rest on, what it took, and whether it beats the commonest label."""
    evaluation = answered.evaluation
    accuracy = found.measure("accuracy")
    count = len(evaluation)
    said = [
        _(
            "{rows:,} rows with a label; {tokens:.0f} tokens and {seconds:.3f} seconds a row."
        ).format(
            rows=found.rows,
            tokens=float(evaluation.tokens.mean()) if count else 0.0,
            seconds=evaluation.seconds / max(count, 1),
        )
    ]
    if accuracy.low > found.majority:
        more = _("Always saying the commonest label gives {majority:.3f}: the prompt is better.")
    else:
        more = _(
            "Always saying the commonest label gives {majority:.3f}, which is not below the "
            "interval: the prompt is not surely better."
        )
    said.append(more.format(majority=found.majority))
    said.append(_("Another prompt whose accuracy lies within the interval may differ by noise."))
    if not evaluation.complete:
        said.append(_("It was stopped: these are the first {count:,} rows.").format(count=count))
    return tuple(said)


def answered_csv(answered: Answered) -> str:
    """A line for each row: its number, text, label, prediction, and every label's probability."""
    from core.export import facts_csv

    evaluation = answered.evaluation
    head = ["row", "text", "label", "prediction", *(f"p {name}" for name in evaluation.labels)]
    lines: list[list[object]] = [[*head, "tokens"]]
    for place, predicted in enumerate(evaluation.predictions):
        shares = [float(share) for share in evaluation.probabilities[place]]
        own = [answered.numbers[place], answered.texts[place], evaluation.truths[place], predicted]
        lines.append([*own, *shares, int(evaluation.tokens[place])])
    return facts_csv(lines, answered.facts)


def mistakes_table(mistakes: Sequence[Mistake], margins: Sequence[float] = ()) -> str:
    """A row for each: the text, what is right, what was predicted, with probabilities."""
    head = [_("row"), _("text"), _("right"), _("predicted")]
    lines = []
    for place, each in enumerate(mistakes):
        text = f"{each.text[:_TEXT]}…" if len(each.text) > _TEXT else each.text
        right = "–" if math.isnan(each.loss) else f"{each.expected} ({each.probability:.3f})"
        line = [
            f"{each.row:,}",
            text,
            right,
            f"{each.predicted} ({each.predicted_probability:.3f})",
        ]
        lines.append([*line, f"{margins[place]:.3f}"] if margins else line)
    return table([*head, _("margin")] if margins else head, lines)


def _show_csv(answered: Answered, *, key: str) -> None:
    offer_csv(
        _("All rows, as CSV"),
        lambda: answered_csv(answered),
        name="prompt",
        model=answered.evaluation.model,
        key=f"{key}_csv",
    )


def _show_confusion(answered: Answered, *, key: str) -> None:
    evaluation = answered.evaluation
    if len(evaluation.labels) > _MOST_LABELS:
        st.info(_("More than {most} labels: the CSV has all.").format(most=_MOST_LABELS))
        return
    calibrated = evaluation.calibration is not None
    confusion(
        evaluation.confusion,
        evaluation.labels,
        key=f"{key}_confusion",
        label=_("What is right against what the prompt says"),
        before=evaluation.before.confusion if calibrated else None,
        before_label=_("before calibration"),
        source=answered.title,
    )


def _show_reliability(evaluation: PromptEvaluation, *, key: str) -> None:
    from core.prompts.figures import reliability

    with st.expander(
        _("May its probabilities be believed?"), key=f"{key}_reliable", on_change="rerun"
    ) as more:
        if not more.open:
            return
        found = reliability(evaluation)
        show_chart(
            reliability_plot(
                found.edges.tolist(),
                found.accuracy.tolist(),
                found.confidence.tolist(),
                found.counts.tolist(),
                palette=palette_now(),
                confidence_name=_("mean probability of what is predicted"),
                accuracy_name=_("share that is right"),
                ideal_name=_("as sure as right"),
                count_name=_("rows"),
            ),
            key=f"{key}_reliability",
            alt=_("Accuracy by predicted probability, in ten bins"),
        )
        said = _(
            "Expected calibration error {ece:.3f}: Σ (rows of the bin / all rows) · |share right − "
            "mean probability|. 0 would be probabilities that mean what they say."
        ).format(ece=found.ece)
        st.markdown(f":small[{as_plain(said)}]")


def _show_rows(answered: Answered, *, key: str) -> None:
    from core.prompts.figures import narrow_margins, worst_mistakes

    with st.expander(_("The worst mistakes"), key=f"{key}_worst", on_change="rerun") as more:
        if more.open:
            worst = worst_mistakes(
                answered.evaluation, answered.texts, answered.numbers, most=SHOWN
            )
            st.markdown(mistakes_table(worst) if worst else _("No row is wrong."))
    with st.expander(
        _("Rows it could hardly decide"), key=f"{key}_narrow", on_change="rerun"
    ) as more:
        if more.open:
            narrow = narrow_margins(
                answered.evaluation, answered.texts, answered.numbers, most=SHOWN
            )
            st.markdown(
                mistakes_table([each for _m, each in narrow], [margin for margin, _e in narrow])
            )
