"""A prompt put to its model over some rows, as a job in the background."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from app import resources
from app.facts import provenance
from app.prompts.look import Look
from app.prompts.shown import Answered
from core.jobs import Job, Progress, Stop
from core.prompts.script import EMBEDDER

if TYPE_CHECKING:
    from core.prompts import PromptEvaluation, PromptTable
    from core.prompts.writing import Demonstrations


def asking(look: Look, places: Sequence[int]) -> Callable[[Progress, Stop], PromptEvaluation]:
    """The job: it reads the rows at ``places`` of the look's table, in a thread of its own."""

    def ask(progress: Progress, stop: Stop) -> PromptEvaluation:
        table = look.table()
        return ask_now(look, table, places, shown_rows(look, table), progress, stop)

    return ask


def ask_now(
    look: Look,
    table: PromptTable,
    places: Sequence[int],
    shown: Demonstrations,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> PromptEvaluation:
    """What the prompt of ``look`` says of the rows at ``places``, with ``shown`` before each."""
    from core.prompts import evaluate_prompt

    with resources.pool().lease(resources.require_known(look.model)) as model:
        return evaluate_prompt(
            model,
            look.prompt(),
            table.chosen(places),
            verbalizer=look.verbalizer(),
            demonstrations=shown,
            calibrate=look.calibrate,
            content_free=look.content_free(),
            settings=look.settings(table),
            progress=progress,
            stop=stop,
        )


def shown_rows(look: Look, table: PromptTable) -> Demonstrations:
    """The demonstrations of ``look``, or what chooses them; the table is embedded once."""
    if look.picking != "nearest":
        return look.demonstrations(table, embedder=None)

    def embedded() -> Demonstrations:
        with resources.pool().lease(resources.require_known(EMBEDDER)) as embedder:
            return look.demonstrations(table, embedder=embedder)

    own = (resources.RUNNING, "nearest", look.dataset, look.file, look.label, look.shots)
    return cast("Demonstrations", resources.results().get((EMBEDDER, (*own, table.name)), embedded))


def key_of(look: Look, places: Sequence[int]) -> Hashable:
    """What tells this evaluation from others."""
    return (look.model, "prompt", replace(look, title=""), tuple(places))


def answered(look: Look, places: Sequence[int], evaluation: PromptEvaluation) -> Answered:
    """An evaluation with the rows that it is about."""
    table = look.table()
    count = len(evaluation)
    facts = (
        *provenance(look.model).items(),
        ("template", look.template),
        ("words", look.words),
        ("rows", table.name),
        ("demonstrations", f"{look.picking} {look.shots} seed {look.seed}"),
        ("calibrated", str(look.calibrate)),
    )
    return Answered(
        evaluation=evaluation,
        texts=tuple(str(table.rows[place][table.text]) for place in places[:count]),
        numbers=tuple(table.numbers[place] for place in places[:count]),
        title=f"{look.title} · {table.name}",
        facts=facts,
    )


def ended(key: Hashable) -> Job[object] | None:
    """The job over a table with that key, if there is one that did not fail."""
    job = resources.table_jobs().get(key)
    return job if job is not None and (not job.done or job.value is not None) else None
