"""Whether one sentence follows another, by BERT's second head (Devlin et al. 2019, section 3.1).

The first token's last vector goes through the pooler, a layer with tanh, and then to two numbers:
index 0 is "is next". ALBERT's head for the order of two sentences is another one and not read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

from core.distribution import FloatArray
from core.errors import UnsupportedError
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NextSentence:
    """What the head says of a pair, and the way there.

    ``first_vector`` (hidden,) is the last layer's vector of [CLS], ``pooled`` (hidden,) what the
    pooler makes of it, ``logits`` (2,) "is next" and "is not"; ``probability`` that it is next.
    """

    tokens: Tokens
    first_vector: FloatArray
    pooled: FloatArray
    logits: FloatArray
    probability: float


def next_sentence_probability(model: LanguageModel, first: str, second: str) -> float:
    """The probability that ``second`` is what follows ``first``.

    Raises UnsupportedError for a model without such a head, TextError for a text that cannot be
    read.
    """
    return next_sentence(model, first, second).probability


def next_sentence(model: LanguageModel, first: str, second: str) -> NextSentence:
    """``next_sentence_probability`` and the vectors that it comes from."""
    head = getattr(getattr(model.network, "cls", None), "seq_relationship", None)
    if not isinstance(head, nn.Module):
        raise UnsupportedError(
            _(
                "{id} has no head for next sentences: choose a model that was trained with one, "
                "such as minilm-l6-masked."
            ).format(id=model.id)
        )
    tokens = model.encode(first, second)
    with torch.inference_mode():
        outputs = model.network.base_model(**model.inputs(tokens))
        pooled = outputs["pooler_output"]  # (1, hidden)
        logits = head(pooled).float()[0]  # (2,)
        probability = float(torch.softmax(logits, dim=-1)[0])
    return NextSentence(
        tokens=tokens,
        first_vector=outputs["last_hidden_state"][0, 0].float().cpu().numpy(),
        pooled=pooled[0].float().cpu().numpy(),
        logits=logits.cpu().numpy(),
        probability=probability,
    )
