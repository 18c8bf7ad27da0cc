"""A tag by prompt: for each word the name of a tag that a causal language model expects.

The task's prompt shows one tagged sentence, then asks about the word. p(tag) is the probability of
the tag's name against the other names, calibrated by what the model says of no word at all (Zhao et
al. 2021); see ``core.prompts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.errors import UnsupportedError
from core.language import _
from core.prompts import evaluate_prompt

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel
    from core.tasks.tagging import Word
    from core.tasks.task import Task


def prompted_tags(
    task: Task, model: LanguageModel, text: str, words: Sequence[Word]
) -> npt.NDArray[np.float32]:
    """The probability of each of the task's tags for each word. (word, label)

    Raises UnsupportedError for a model that is not causal.
    """
    if model.kind != "causal":
        raise UnsupportedError(
            _("{id} does not write on: choose a causal model for the prompt.").format(id=model.id)
        )
    found = evaluate_prompt(
        model,
        task.template,
        [{"sentence": text, "text": word.text} for word in words],
        verbalizer={label.name: label.word for label in task.labels},
        calibrate=True,
    )
    shares: npt.NDArray[np.float32] = found.probabilities.astype(np.float32)
    return shares
