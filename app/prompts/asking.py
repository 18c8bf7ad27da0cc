"""A prompt put to its model over some rows, as a job in the background."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app import resources
from app.prompts.look import Look
from core.jobs import Progress, Stop

if TYPE_CHECKING:
    from core.prompts import PromptEvaluation

EMBEDDER = "minilm-l6"
"""The encoder by which texts are near each other."""


def asking(look: Look, places: Sequence[int]) -> Callable[[Progress, Stop], PromptEvaluation]:
    """The job: it reads the rows at ``places`` of the look's table, in a thread of its own."""

    def ask(progress: Progress, stop: Stop) -> PromptEvaluation:
        from core.prompts import evaluate_prompt

        table = look.table()
        embedder = None
        if look.picking == "nearest":
            with resources.pool().lease(resources.require_known(EMBEDDER)) as embedder:
                shown = look.demonstrations(table, embedder=embedder)
        else:
            shown = look.demonstrations(table, embedder=None)
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

    return ask


def key_of(look: Look, places: Sequence[int]) -> Hashable:
    """What tells this evaluation from others."""
    return (look.model, "prompt", replace(look, title=""), tuple(places))
