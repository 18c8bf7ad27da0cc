"""The last step: softmax(H W) over the vocabulary, at each position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch

from core.anatomy.heads import floats
from core.anatomy.observation import Observation
from core.anatomy.wiring import same
from core.attention.recording import FloatArray
from core.distribution import TokenNames
from core.errors import UnsupportedError
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

TOP: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyAnatomy:
    """H, its products with the vectors of some words, and softmax over all words.

    ``last`` is what the last layer gives and ``vectors`` the H that meets the vocabulary: after the
    final norm (GPT-2, Llama) or the transform of a masked head (BERT). ``words`` are the likeliest
    tokens of any position; ``logits`` = H Wᵀ + b, squeezed where the model has a ``cap`` (Gemma 2).
    ``log_totals`` are log Σ exp over the whole vocabulary, so that
    ``probabilities`` = exp(logits − log_totals).
    """

    tokens: Tokens
    last: FloatArray  # (token, hidden)
    vectors: FloatArray  # (token, width)
    words: npt.NDArray[np.int64]  # (word,)
    texts: tuple[str, ...]
    logits: FloatArray  # (token, word)
    log_totals: FloatArray  # (token,)
    top: npt.NDArray[np.int64]  # (token, k): rows of ``words``, likeliest first
    vocabulary: int
    cap: float | None

    @property
    def probabilities(self) -> FloatArray:
        """Each word's share of the whole vocabulary. (token, word)"""
        shares: FloatArray = np.exp(self.logits - self.log_totals[:, None]).astype(np.float32)
        return shares


def vocabulary_of_pass(
    model: LanguageModel, seen: Observation, tokens: Tokens, *, top_k: int = TOP
) -> VocabularyAnatomy:
    """The last step of the pass that was watched; ``tokens`` are those whose vectors it reads."""
    head = model.network.get_output_embeddings()
    weight = getattr(head, "weight", None)
    found = [call for call in seen.after if call.kind == "product" and call.weight is weight]
    if not found:
        raise UnsupportedError(
            _("{id} meets its vocabulary in a way of its own, which cannot be shown.").format(
                id=model.id
            )
        )
    logits = seen.outputs["logits"].float()  # (token, vocab)
    vectors = found[-1].given.reshape(len(tokens), -1)
    top = logits.topk(min(top_k, logits.shape[1]), dim=-1).indices  # (token, k)
    words, places = torch.unique(top, return_inverse=True)
    plain = found[-1].made.reshape(len(tokens), -1).float()
    names = TokenNames(model)
    cap = getattr(model.network.config, "final_logit_softcapping", None)
    squeezed = None if same(plain, logits) or not cap else float(cap)
    return VocabularyAnatomy(
        tokens=tokens,
        last=floats(seen.last),
        vectors=floats(vectors),
        words=words.cpu().numpy(),
        texts=tuple(_label(names.text(int(id_))) for id_ in words),
        logits=floats(logits[:, words]),
        log_totals=floats(torch.logsumexp(logits, dim=-1)),
        top=places.cpu().numpy(),
        vocabulary=int(logits.shape[1]),
        cap=squeezed,
    )


def _label(text: str) -> str:
    """A word on an axis, never empty."""
    return text.strip() or ("↵" if "\n" in text else "␣")
