"""How good a template is on the rows of a search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from core.prompts.evaluation import PromptEvaluation, evaluate_prompt
from core.prompts.search.candidates import Scored
from core.prompts.template import Row
from core.prompts.verbalizer import Verbalizer

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

_LEAST: Final = 1e-12


class PromptScorer:
    """Scores templates on ``rows`` with one model; None where ``stop`` came before the end."""

    def __init__(
        self,
        model: LanguageModel,
        rows: Sequence[Row],
        verbalizer: Verbalizer,
        *,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self._model, self._rows, self._verbalizer, self._stop = model, rows, verbalizer, stop

    def __call__(self, template: str) -> Scored | None:
        """The score of ``template``. Raises what ``evaluate_prompt`` raises."""
        found = evaluate_prompt(
            self._model, template, self._rows, verbalizer=self._verbalizer, stop=self._stop
        )
        return scored(found) if found.complete else None


def scored(evaluation: PromptEvaluation) -> Scored:
    """The score of an evaluation of rows that all have a label."""
    expected = evaluation.expected
    shares = evaluation.probabilities[np.arange(len(expected)), expected]  # (row,)
    return Scored(
        right=int(evaluation.correct.sum()),
        count=len(evaluation),
        loss=float(-np.log(np.maximum(shares, _LEAST)).mean()),
    )
