"""What a model's own generation_config.json demands of each token, whatever the settings.

Some models must begin or end with a certain token, or never write some (Marian its padding). Here
these demands become transformers' own logits processors, in the order of its ``generate``; what
chooses among the tokens left (temperature and the like) is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from transformers import (
    EncoderNoRepeatNGramLogitsProcessor,
    ForcedBOSTokenLogitsProcessor,
    ForcedEOSTokenLogitsProcessor,
    GenerationConfig,
    LogitsProcessorList,
    MinLengthLogitsProcessor,
    MinNewTokensLengthLogitsProcessor,
    NoBadWordsLogitsProcessor,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    SuppressTokensAtBeginLogitsProcessor,
    SuppressTokensLogitsProcessor,
)

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel
    from core.tokens import Tokens


class OwnRules:
    """The demands of one model on what follows a prompt of ``prompt_length`` tokens.

    For an encoder–decoder model the prompt is what the decoder starts with and ``source`` what the
    encoder reads. ``max_new_tokens`` is where a forced last token falls; without it none is forced.
    Left out of transformers' list: watermarks, biases on sequences, guidance, lengths that decay.
    """

    def __init__(
        self,
        model: LanguageModel,
        prompt_length: int,
        *,
        max_new_tokens: int | None = None,
        source: Tokens | None = None,
        penalty: bool = True,
    ) -> None:
        self._list = LogitsProcessorList()
        demands = getattr(model.network, "generation_config", None)
        if demands is None:
            return
        ends = torch.tensor(end_ids(model), device=model.device) if end_ids(model) else None
        if penalty and demands.repetition_penalty not in {None, 1.0}:
            self._list.append(RepetitionPenaltyLogitsProcessor(demands.repetition_penalty))
        if demands.no_repeat_ngram_size:
            self._list.append(NoRepeatNGramLogitsProcessor(demands.no_repeat_ngram_size))
        if demands.encoder_no_repeat_ngram_size and source is not None:
            size = demands.encoder_no_repeat_ngram_size
            read = torch.tensor([source.ids], device=model.device)
            self._list.append(EncoderNoRepeatNGramLogitsProcessor(size, read))
        if demands.bad_words_ids is not None:
            self._list.append(NoBadWordsLogitsProcessor(demands.bad_words_ids, ends))
        self._add_lengths(demands, prompt_length, ends, model.device)
        self._add_places(demands, prompt_length, max_new_tokens, model.device)

    def _add_lengths(
        self,
        demands: GenerationConfig,
        prompt_length: int,
        ends: torch.Tensor | None,
        device: torch.device,
    ) -> None:
        """The end token not before so many tokens."""
        if ends is None:
            return
        if demands.min_length:
            self._list.append(MinLengthLogitsProcessor(demands.min_length, ends, device=device))
        if demands.min_new_tokens:
            self._list.append(
                MinNewTokensLengthLogitsProcessor(
                    prompt_length, demands.min_new_tokens, ends, device=device
                )
            )

    def _add_places(
        self, demands: GenerationConfig, prompt_length: int, new: int | None, device: torch.device
    ) -> None:
        """Tokens that must, or must not, stand first, last or anywhere."""
        forced = demands.forced_bos_token_id
        if forced is not None:
            self._list.append(ForcedBOSTokenLogitsProcessor(forced))
        if demands.forced_eos_token_id is not None and new is not None:
            self._list.append(
                ForcedEOSTokenLogitsProcessor(
                    prompt_length + new, demands.forced_eos_token_id, device=device
                )
            )
        if demands.suppress_tokens is not None:
            self._list.append(SuppressTokensLogitsProcessor(demands.suppress_tokens, device=device))
        if demands.begin_suppress_tokens is not None:
            begin = prompt_length + (prompt_length <= 1 and forced is not None)
            self._list.append(
                SuppressTokensAtBeginLogitsProcessor(
                    demands.begin_suppress_tokens, begin, device=device
                )
            )

    def __len__(self) -> int:
        return len(self._list)

    def apply(self, ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """``scores`` (row, vocab) as the demands leave them after ``ids`` (row, token)."""
        ruled: torch.Tensor = self._list(ids, scores)
        return ruled


def end_ids(model: LanguageModel) -> tuple[int, ...]:
    """The tokens after which the model says no more; several in some chat models."""
    demands = getattr(model.network, "generation_config", None)
    ends = None if demands is None else demands.eos_token_id
    if ends is None:
        return ()
    return tuple(int(end) for end in ends) if isinstance(ends, list | tuple) else (int(ends),)
