"""What is shown of a saved version: what changed since another, and what it was worth."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import streamlit as st

from app import resources
from app.frame import as_plain
from app.prompts.asking import asking, key_of
from app.prompts.library_content import values_of
from app.prompts.library_store import library
from app.prompts.look import Look, look_now
from app.train.store import mine
from app.waiting import waited
from components.tables import table
from core.language import _
from core.prompts.library import PromptResult, SavedPrompt, SavedVersion, compare
from core.tuning.outcome.intervals import wilson

if TYPE_CHECKING:
    from core.prompts import PromptEvaluation

_KEY: Final = "prompts.library"
_ROWS: Final = (50, 200, 1000)
_MARKS: Final = {"removed": ":red[~~{}~~]", "added": ":green-background[{}]", "same": "{}"}


def show_difference(prompt: SavedPrompt, version: SavedVersion) -> None:
    """What changed from another version to this one."""
    others = [each.number for each in prompt.versions if each.number != version.number]
    before = max((number for number in others if number < version.number), default=others[0])
    key = f"{_KEY}.against.{prompt.id}.{version.number}"
    st.session_state.setdefault(key, before)
    number = st.selectbox(_("What changed since version"), others, key=key)
    other = prompt.version(number)
    if other is None:
        return
    found = compare(other.content, version.content)
    if found.is_none:
        st.markdown(as_plain(_("Nothing changed.")))
        return
    st.markdown("".join(_marked(piece.kind, piece.text) for piece in found.pieces), width=680)
    if found.changes:
        st.markdown(
            table(
                (_("what"), _("before"), _("after")),
                [(each.name, each.before or "–", each.after or "–") for each in found.changes],
            )
        )


def _marked(kind: str, text: str) -> str:
    """A piece of a template; a sign and a colour say whether it went or came."""
    lines = text.split("\n")
    return "  \n".join(
        _MARKS[kind].format(as_plain(line)) if line.strip() else line for line in lines
    )


def show_results(prompt: SavedPrompt, version: SavedVersion, *, locked: bool) -> None:
    """What was measured with this version, and the way to measure it."""
    if version.results:
        st.markdown(
            table(
                (_("when"), _("model"), _("rows"), _("accuracy"), _("95 % interval"), _("seconds")),
                [_row(result) for result in reversed(version.results)],
            )
        )
    if locked or not version.content.words:
        return
    left, right = st.columns([3, 9], vertical_alignment="bottom")
    key = f"{_KEY}.rows"
    st.session_state.setdefault(key, _ROWS[1])
    count = left.selectbox(_("Rows to develop on"), _ROWS, key=key, persist_state="session")
    asked = f"{_KEY}.asked"
    right.button(
        _("Measure and keep the result"),
        key="prompts_library_measure",
        icon=":material/straighten:",
        on_click=_ask,
        args=(prompt.id, version.number, count),
    )
    if st.session_state.get(asked) == (prompt.id, version.number, count):
        _measure(prompt, version, count)


def _ask(prompt_id: str, number: int, count: int) -> None:
    st.session_state[f"{_KEY}.asked"] = (prompt_id, number, count)


def _measure(prompt: SavedPrompt, version: SavedVersion, count: int) -> None:
    """Measure the version in the background, and keep the result with it."""
    look = _look_of(version)
    made = look.table()
    places = made.sample("development", count)
    key = key_of(look, places)
    job = waited(
        *(key, "prompts_library_job", _("Asking the model"), asking(look, places)),
        among=resources.table_jobs(),
    )
    if job is None or job.value is None:
        return
    del st.session_state[f"{_KEY}.asked"]
    if job.value.complete:
        result = result_of(job.value, look, made.name)
        library().keep_result(prompt.id, version.number, result, owner=mine())
        st.rerun()


def _look_of(version: SavedVersion) -> Look:
    """The page's look with the saved prompt in it."""
    models = resources.available_models()
    names = {each.name for each in fields(Look)}
    values = {name: value for name, value in values_of(version.content).items() if name in names}
    look = replace(look_now(models), **values)  # type: ignore[arg-type]
    title = models.get(look.model, look.model)
    return replace(look, title=title, chosen=tuple(look.chosen))  # a key of a job


def result_of(evaluation: PromptEvaluation, look: Look, data: str) -> PromptResult:
    """An evaluation as the library keeps it."""
    right = int(evaluation.correct.sum())
    low, high = wilson(right, evaluation.labelled)
    return PromptResult(
        model=look.model,
        dataset=data,
        split="development",
        rows=evaluation.labelled,
        accuracy=evaluation.accuracy,
        low=low,
        high=high,
        seconds=evaluation.seconds,
    )


def _row(result: PromptResult) -> tuple[str, ...]:
    moment = datetime.fromtimestamp(result.made, UTC).strftime("%Y-%m-%d %H:%M") + " UTC"
    interval = "–" if math.isnan(result.low) else f"{result.low:.3f} – {result.high:.3f}"
    seconds = "–" if math.isnan(result.seconds) else f"{result.seconds:.1f}"
    rows = f"{result.rows:,} · {result.dataset}"
    return (moment, result.model, rows, f"{result.accuracy:.3f}", interval, seconds)
