"""Two prompts over the same rows: which rows flip, fixed and broken, and whether it is noise."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from app import resources
from app.frame import as_plain
from app.prompts.asking import answered, ask_now, key_of, shown_rows
from app.prompts.look import Look
from app.prompts.recording import recorded_now
from app.prompts.rows import choose_rows, start, was_started
from app.prompts.settings import choose_second_model
from app.prompts.shown import Answered
from app.prompts.state import PROMPTS
from app.waiting import note_stopped, waited
from components.tables import table
from core.jobs import Compute, Progress, Stop
from core.language import _

if TYPE_CHECKING:
    from core.prompts import PromptEvaluation
    from core.prompts.comparison import Flips

PANEL: Final = "two"
SHOWN: Final = 10
_TEXT: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """The evaluations of both prompts; the second is None where it was stopped before."""

    first: PromptEvaluation
    second: PromptEvaluation | None


def show_two(look: Look) -> None:
    """The second prompt beside the first, and what it changes."""
    other = _second(look)
    _table, places = choose_rows(look)
    for each in (look, other):
        each.prompt()
        each.verbalizer()
    key = (look.model, "two", key_of(look, places), key_of(other, ()))
    st.button(
        _("Run both"),
        key="prompts_run_two",
        type="primary",
        icon=":material/play_arrow:",
        on_click=start,
        args=(PANEL, key, look),
    )
    if was_started(PANEL, key):
        _show_run(look, other, places, key)
        return
    known = recorded_now()
    names = [] if known is None else list(known.cells)
    if known is not None and len(names) > 1:
        st.info(as_plain(known.sentence(names[0])))
        _show_flips(known.answered(names[0]), known.answered(names[1]))


def flips_sentence(flips: Flips) -> str:
    """The difference, its interval and p, and whether that is noise."""
    said = _(
        "Fixed {fixed:,}, broken {broken:,} of {rows:,} rows: accuracy {difference:+.3f} "
        "(95 % interval {low:+.3f} to {high:+.3f}, McNemar p = {p:.3g})."
    ).format(
        fixed=len(flips.fixed),
        broken=len(flips.broken),
        rows=flips.rows,
        difference=flips.difference,
        low=flips.low,
        high=flips.high,
        p=flips.p,
    )
    verdict = (
        _("This is noise: chance alone often brings as much.")
        if flips.noise
        else _("This is more than noise.")
    )
    return f"{said} {verdict}"


def _second(look: Look) -> Look:
    left, right, model = st.columns([5, 4, 3])
    with left:
        template = st.text_area(
            _("Second template"), key=PROMPTS.key("other"), height=90, persist_state="session"
        )
    with right:
        words = st.text_area(
            _("Its words"), key=PROMPTS.key("other_words"), height=90, persist_state="session"
        )
    models = resources.available_models()
    with model:
        choose_second_model(models)
    chosen = str(st.session_state[PROMPTS.key("other_model")]) or look.model
    return look.changed(
        model=chosen, title=models.get(chosen, chosen), template=template or "", words=words or ""
    )


def _show_run(look: Look, other: Look, places: tuple[int, ...], key: Hashable) -> None:
    jobs = resources.table_jobs()
    text = _("Asking about {count:,} rows, twice").format(count=len(places))
    job = waited(key, "prompts_two", text, _running(look, other, places), among=jobs)
    if job is None or job.value is None:
        return
    note_stopped(job, "prompts_two", lambda: jobs.forget(key))
    if job.value.second is None or len(job.value.second) != len(job.value.first):
        st.info(_("It was stopped before both prompts saw the same rows."))
        return
    _show_flips(answered(look, places, job.value.first), answered(other, places, job.value.second))


def _running(look: Look, other: Look, places: Sequence[int]) -> Compute[Pair]:
    def run(progress: Progress, stop: Stop) -> Pair:
        data = look.table()
        total = 2 * len(places)
        first = ask_now(
            look, data, places, shown_rows(look, data), lambda n, _all: progress(n, total), stop
        )
        if stop():
            return Pair(first=first, second=None)
        second = ask_now(
            other,
            data,
            places,
            shown_rows(other, data),
            lambda n, _all: progress(len(places) + n, total),
            stop,
        )
        return Pair(first=first, second=second)

    return run


def _show_flips(first: Answered, second: Answered) -> None:
    from core.prompts.comparison import compare_evaluations

    flips = compare_evaluations(first.evaluation, second.evaluation)
    st.markdown(
        table(
            (_("prompt"), _("accuracy")),
            [
                (first.title, f"{first.evaluation.accuracy:.3f}"),
                (second.title, f"{second.evaluation.accuracy:.3f}"),
            ],
        )
    )
    st.markdown(as_plain(flips_sentence(flips)), width=680)
    for name, places in ((_("Fixed"), flips.fixed), (_("Broken"), flips.broken)):
        title = f"{name}: {len(places):,}"
        with st.expander(title, key=f"prompts_flips_{name}", on_change="rerun") as more:
            if more.open and places:
                st.markdown(flips_table(first, second, places[:SHOWN]))


def flips_table(first: Answered, second: Answered, places: Sequence[int]) -> str:
    """A row for each: the text, what is right, and what both prompts say."""
    lines = []
    for place in places:
        text = first.texts[place]
        said = []
        for each in (first, second):
            evaluation = each.evaluation
            label = int(evaluation.predicted[place])
            said.append(
                f"{evaluation.labels[label]} ({evaluation.probabilities[place, label]:.3f})"
            )
        shown = f"{text[:_TEXT]}…" if len(text) > _TEXT else text
        lines.append([f"{first.numbers[place]:,}", shown, first.evaluation.truths[place], *said])
    return table((_("row"), _("text"), _("right"), _("first"), _("second")), lines)
