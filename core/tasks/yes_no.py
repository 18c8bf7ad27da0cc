"""A question to a language model whose answer is one of a few words: Yes or No, say.

The probability of a word is that of its first token right after the prompt, among the words alone.
Contextual calibration (Zhao et al. 2021, "Calibrate Before Use", section 4) divides it by the
probability that the same prompt without content gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch

from core.errors import InputError, UnsupportedError
from core.generation import ChatMessage, chat_prompt
from core.jobs import Progress, Stop
from core.language import _
from core.masked.variants import batches, padded_inputs
from core.prediction import logits_at
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

FloatArray = npt.NDArray[np.float32]

WITHOUT_CONTENT: Final = "N/A"


def word_probabilities(
    model: LanguageModel,
    prompts: Sequence[str],
    words: Sequence[str],
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> FloatArray:
    """The probability of each of ``words`` after each of ``prompts``. (prompt, word)

    Rows sum to 1, and are NaN where ``stop`` came before. The prompt is a message of a chat where
    the model has a chat template, else a text that ends in "Answer:". Raises UnsupportedError for
    a model that is not causal or whose words begin with the same token.
    """
    if model.kind != "causal":
        raise UnsupportedError(
            _("{id} writes no text, so it cannot be asked: choose a causal model.").format(
                id=model.id
            )
        )
    firsts = _first_tokens(model, words)
    rows = [_asked(model, prompt) for prompt in prompts]
    found: FloatArray = np.full((len(rows), len(words)), np.nan, dtype=np.float32)
    done = 0
    for batch in batches(model, rows):
        if stop is not None and stop():
            break
        together = [rows[place] for place in batch]
        last = torch.tensor([[len(row) - 1] for row in together])  # (prompt, 1)
        with torch.inference_mode():
            logits = logits_at(model.network, padded_inputs(model, together), last)[:, 0]
            chosen = torch.softmax(logits[:, firsts].float(), dim=-1)  # (prompt, word)
        found[list(batch)] = chosen.cpu().numpy()
        done += len(batch)
        if progress is not None:
            progress(done, len(rows))
    return found


def calibrated(probabilities: FloatArray, without_content: FloatArray) -> FloatArray:
    """``probabilities`` (prompt, word) over those ``without_content`` (word), rows summing to 1."""
    scaled = probabilities / np.maximum(without_content, 1e-9)
    shares: FloatArray = (scaled / scaled.sum(axis=-1, keepdims=True)).astype(np.float32)
    return shares


def whole_prompt(model: LanguageModel, prompt: str) -> str:
    """The exact string after which the words are compared."""
    if model.tokenizer.chat_template:
        return chat_prompt(model, [ChatMessage(role="user", text=prompt)]).text
    return f"{prompt}\nAnswer:"


def _asked(model: LanguageModel, prompt: str) -> Tokens:
    if model.tokenizer.chat_template:
        return chat_prompt(model, [ChatMessage(role="user", text=prompt)]).tokens
    asked = model.encode(whole_prompt(model, prompt))
    if asked.cut is not None:  # "Answer:" would be what is missing
        raise InputError(
            _(
                "Too long: the prompt has {count:,} tokens, the limit of {id} is {limit:,}. "
                "Shorten the texts, or choose another model."
            ).format(count=asked.cut.total, id=model.id, limit=asked.cut.limit)
        )
    return asked


def _first_tokens(model: LanguageModel, words: Sequence[str]) -> list[int]:
    before = "" if model.tokenizer.chat_template else " "
    firsts = [
        next(id_ for id_, special in zip(read.ids, read.special, strict=True) if not special)
        for read in (model.encode(before + word) for word in words)
    ]
    if len(set(firsts)) < len(firsts):
        raise UnsupportedError(
            _(
                "{id} begins several of the answers with the same token: choose another model."
            ).format(id=model.id)
        )
    return firsts
