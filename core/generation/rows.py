"""Several continuations of one prompt, read side by side with one key–value cache.

Every row has the same length, so nothing is padded. The first pass reads the prompt once, whatever
number of rows follow; an encoder reads its source once. Which rows go on, and with which tokens, is
decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput

from core.generation.cache import empty_cache
from core.generation.source import encode_source
from core.prediction import logits_at, logits_of

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel
    from core.tokens import Tokens


class CachedRows:
    """The rows of one decoder, with what it remembers of them."""

    def __init__(self, model: LanguageModel, source: Tokens | None = None) -> None:
        """``source`` is what the encoder of an encoder–decoder model reads."""
        self._model = model
        own = empty_cache(model)
        self._cache: Any = (
            EncoderDecoderCache(own, DynamicCache()) if model.kind == "seq2seq" else own
        )
        self._length = 0
        # (1, source token, hidden)
        self._source = None if source is None else encode_source(model, source)

    @property
    def length(self) -> int:
        """How many tokens of each row were read."""
        return self._length

    def read(self, ids: Tensor, *, last: bool = True) -> Tensor:
        """Go on with ``ids`` (row, new): the logits after the last of them, or after each.

        (row, vocab), or (row, new, vocab), in float32.
        """
        self._length += ids.shape[1]
        inputs: dict[str, Any] = {"past_key_values": self._cache, "use_cache": True}
        if self._source is None:
            mask = torch.ones(len(ids), self._length, dtype=torch.long, device=ids.device)
            inputs |= {"input_ids": ids, "attention_mask": mask}
        else:
            states = self._source.expand(len(ids), -1, -1)  # (row, source token, hidden)
            inputs |= {
                "decoder_input_ids": ids,
                "encoder_outputs": BaseModelOutput(last_hidden_state=states),
                "attention_mask": torch.ones(states.shape[:2], dtype=torch.long, device=ids.device),
            }
        if last:
            return logits_at(self._model.network, inputs, [-1])[:, 0].float()
        with torch.inference_mode():
            return logits_of(self._model.network(**inputs)).float()

    def reorder(self, parents: Sequence[int]) -> None:
        """Let the rows be those of ``parents`` from now on; one may have several children."""
        with torch.inference_mode():
            self._cache.reorder_cache(torch.tensor(parents, device=self._model.device))
