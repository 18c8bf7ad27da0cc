"""Written answers: what a causal model writes to the prompt, and how good that is."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from app import resources
from app.csv_download import offer_csv
from app.facts import provenance
from app.frame import as_plain
from app.prompts.asking import key_of, shown_rows
from app.prompts.look import Look
from app.prompts.rows import choose_rows, start, was_started
from app.prompts.state import METRICS, PROMPTS
from app.waiting import note_stopped, waited
from components.controls import choose_model
from components.tables import table
from core.jobs import Compute, Progress, Stop
from core.language import _

if TYPE_CHECKING:
    from core.prompts import PromptTable
    from core.prompts.answer_scores import AnswerScores
    from core.prompts.generated import GeneratedAnswers

PANEL: Final = "generated"
SHOWN: Final = 20
MOST: Final = 500
_TEXT: Final = 120


def show_answers(look: Look) -> None:
    """The measure, the button, and a row for each answer."""
    data, places = choose_rows(look)
    places = places[:MOST]
    metric, wanted = _choose(data)
    new = int(st.session_state[PROMPTS.key("new")])
    look.prompt()
    key = (look.model, "answers", key_of(look, places), wanted, new)
    st.button(
        _("Write {count:,} answers").format(count=len(places)),
        key="prompts_run_answers",
        type="primary",
        icon=":material/play_arrow:",
        on_click=start,
        args=(PANEL, key, look),
    )
    if was_started(PANEL, key):
        _show_run(look, places, key, metric, wanted)


def scores_sentence(scores: AnswerScores, count: int) -> str:
    """The measure with its interval."""
    names = metric_names()
    return _(
        "{metric} {value:.3f} (95 % interval {low:.3f} – {high:.3f}) of {count:,} answers."
    ).format(
        metric=names[scores.metric],
        value=scores.value,
        low=scores.low,
        high=scores.high,
        count=count,
    )


def metric_names() -> dict[str, str]:
    """What the measures are called."""
    return {
        "exact": _("exact match"),
        "regex": _("regular expression"),
        "json": _("valid JSON"),
        "rouge": "ROUGE-L",
        "bleu": "BLEU",
    }


def _choose(data: PromptTable) -> tuple[str, str]:
    names = metric_names()
    first, second, third = st.columns(3)
    with first:
        metric = st.selectbox(
            _("Measured by"),
            METRICS,
            format_func=names.__getitem__,
            key=PROMPTS.key("metric"),
            persist_state="session",
            help=_(
                "Exact match leaves case, spaces and a last full stop out of account; ROUGE-L is "
                "the F1 of the longest common subsequence, BLEU sacrebleu's over 100."
            ),
        )
    with second:
        if metric == "regex":
            st.text_input(
                _("Pattern"),
                key=PROMPTS.key("pattern"),
                persist_state="session",
                placeholder="(?i)positive|negative",
            )
        elif metric != "json":
            columns = {name: name for name in data.columns}
            choose_model(
                _("Column of what is wanted"),
                columns,
                key=PROMPTS.key("wanted"),
                none=_("the labels"),
            )
    with third:
        st.number_input(
            _("Tokens of an answer, at most"),
            min_value=1,
            max_value=200,
            key=PROMPTS.key("new"),
            persist_state="session",
        )
    wanted = str(st.session_state[PROMPTS.key("wanted")] or "") or data.label
    return str(metric), "" if metric in {"regex", "json"} else wanted


def _show_run(look: Look, places: tuple[int, ...], key: Hashable, metric: str, wanted: str) -> None:
    from core.prompts.answer_scores import score_answers

    jobs = resources.table_jobs()
    text = _("Writing {count:,} answers").format(count=len(places))
    job = waited(key, "prompts_answers", text, _writing(look, places, wanted), among=jobs)
    if job is None or job.value is None or not job.value.answers:
        return
    note_stopped(job, "prompts_answers", lambda: jobs.forget(key))
    found = job.value
    pattern = str(st.session_state[PROMPTS.key("pattern")] or "")
    scores = score_answers(found.answers, found.wanted, metric, pattern=pattern)  # type: ignore[arg-type]
    st.markdown(as_plain(scores_sentence(scores, len(found.answers))))
    data = look.table()
    lines = [
        [
            f"{data.numbers[places[row]]:,}",
            str(data.rows[places[row]][data.text]),
            found.answers[at],
            found.wanted[at],
            f"{scores.rows[at]:.3f}",
        ]
        for at, row in enumerate(found.rows)
    ]
    head = [_("row"), _("text"), _("answer"), _("expected answer"), _("score")]
    offer_csv(
        _("All rows, as CSV"),
        lambda: _csv(look, head, lines),
        name="answers",
        model=look.model,
        key="prompts_answers_csv",
    )
    st.markdown(table(head, [[cell[:_TEXT] for cell in line] for line in lines[:SHOWN]]))


def _csv(look: Look, head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    from core.export import table_csv

    return table_csv([head, *lines], provenance(look.model))


def _writing(look: Look, places: Sequence[int], wanted: str) -> Compute[GeneratedAnswers]:
    new = int(st.session_state[PROMPTS.key("new")])

    def write(progress: Progress, stop: Stop) -> GeneratedAnswers:
        from core.prompts.generated import generate_answers

        data = look.table()
        with resources.pool().lease(resources.require_known(look.model)) as model:
            return generate_answers(
                model,
                look.prompt(),
                data.chosen(places),
                answer=wanted,
                demonstrations=shown_rows(look, data),
                settings=look.settings(data),
                max_new_tokens=new,
                progress=progress,
                stop=stop,
            )

    return write
