"""The panel Calibrate: what the prompt says of nothing, and what is left once that is taken out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import streamlit as st

from app import resources
from app.frame import as_plain
from app.prompts.asking import asking, key_of
from app.prompts.look import Look
from app.prompts.recording import recorded_now
from app.prompts.rows import choose_rows, start, was_started
from app.prompts.state import PROMPTS
from app.prompts.two import flips_sentence
from app.waiting import note_stopped, waited
from components.tables import table
from components.views.predictions import Panel, predictions
from core.language import _

if TYPE_CHECKING:
    from core.prompts import PromptEvaluation

PANEL: Final = "calibrate"
_MOST: Final = 7


def show_calibrating(look: Look) -> None:
    """Content-free inputs, the switch, and the figures before and after."""
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.text_area(
            _("Content-free inputs, one a line"),
            key=PROMPTS.key("free"),
            height=110,
            persist_state="session",
            help=_("(empty) stands for an input that is nothing."),
        )
        st.toggle(
            _("Calibrate this prompt in the other rooms too"),
            key=PROMPTS.key("calibrate"),
            persist_state="session",
        )
    with right:
        said = _(
            "The prompt is asked about inputs that say nothing. What it answers there is its bias "
            "p̂; each probability is divided by it and all by their sum: q ∝ p / p̂ (Zhao et al. "
            "2021). The average answer to nothing becomes uniform."
        )
        st.markdown(as_plain(said))
    _table, places = choose_rows(look)
    own = look.changed(calibrate=True)
    own.prompt()
    own.verbalizer()
    key = key_of(own, places)
    st.button(
        _("Run before and after"),
        key="prompts_run_calibrate",
        type="primary",
        icon=":material/play_arrow:",
        on_click=start,
        args=(PANEL, key, look),
    )
    if was_started(PANEL, key):
        jobs = resources.table_jobs()
        text = _("Asking about {count:,} rows").format(count=len(places))
        job = waited(key, "prompts_calibrate", text, asking(own, places), among=jobs)
        if job is not None and job.value is not None:
            note_stopped(job, "prompts_calibrate", lambda: jobs.forget(key))
            show_both(job.value)
        return
    known = recorded_now()
    if known is not None:
        name = next(iter(known.cells))
        st.info(as_plain(known.sentence(name)))
        show_both(known.found.evaluations[name])


def show_both(evaluation: PromptEvaluation) -> None:
    """The bias, and accuracy and calibration before and after."""
    from core.prompts.comparison import compare_evaluations
    from core.prompts.figures import figures, reliability

    calibration = evaluation.calibration
    if calibration is None:
        return
    rows = [
        *zip(calibration.inputs, calibration.probabilities, strict=True),
        (_("average, p̂"), calibration.average),
    ]
    panels = [
        Panel(
            title=name or _("(empty)"),
            words=list(evaluation.labels[:12]),
            probabilities=[min(float(share), 1.0) for share in shares[:12]],
        )
        for name, shares in rows[-_MOST:]
    ]
    predictions(panels, key="prompts_free", label=_("What the prompt says of nothing"), of="labels")
    if not evaluation.labelled:
        return
    before, after = evaluation.before, evaluation
    lines = []
    for name, each in ((_("before"), before), (_("after"), after)):
        found = figures(each)
        accuracy, macro = found.measure("accuracy"), found.measure("macro_f1")
        shares = np.bincount(each.predicted, minlength=len(each.labels)) / len(each)
        said = ", ".join(
            f"{label} {share:.0%}" for label, share in zip(each.labels[:4], shares, strict=False)
        )
        lines.append(
            (
                name,
                f"{accuracy.value:.3f}",
                f"{accuracy.low:.3f}\u00a0–\u2060\u00a0{accuracy.high:.3f}",
                f"{macro.value:.3f}",
                f"{reliability(each).ece:.3f}",
                said,
            )
        )
    st.markdown(
        table(
            (
                *("", _("accuracy"), _("95 % interval"), _("macro F1")),
                *(_("calibration error"), _("how often it says what")),
            ),
            lines,
        )
    )
    flips = compare_evaluations(before, replace(after))
    st.markdown(as_plain(flips_sentence(flips)), width=680)
