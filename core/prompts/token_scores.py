"""The log-probability of each token of a prompt and of an answer to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.distribution import FloatArray
from core.generation.prompt import needs_causal
from core.generation.scoring import TextScore, score_text
from core.prompts.reading import PromptReader
from core.prompts.tokens import PromptTokens, prompt_tokens
from core.prompts.writing import PromptSettings, WrittenPrompt

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnswerScore:
    """A prompt with one answer: ``score`` has log P of each token of both, in nats.

    The answer's tokens begin at ``start``.
    """

    prompt: PromptTokens
    score: TextScore
    start: int

    @property
    def answer(self) -> FloatArray:
        """log P of each token of the answer. (token,)"""
        return self.score.log_probabilities[self.start :]

    @property
    def answer_total(self) -> float:
        """log P of the answer given the prompt."""
        return float(self.answer.astype(np.float64).sum())


def score_answer(
    model: LanguageModel, prompt: WrittenPrompt, answer: str, settings: PromptSettings
) -> AnswerScore:
    """log P of every token of ``prompt`` and then of ``answer``, under a causal ``model``.

    Raises UnsupportedError for another kind, InputError for a prompt past the limit.
    """
    needs_causal(model)
    reader = PromptReader(model, (answer,), settings)
    read = reader.read(prompt)
    tokens = model.reader.read_ids((*read.before, *read.words[0]))
    return AnswerScore(
        prompt=prompt_tokens(model, prompt, settings),
        score=score_text(model, tokens),
        start=len(read.before),
    )
