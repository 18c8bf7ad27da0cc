"""What the encoder of an encoder–decoder model reads, and what it makes of it.

The decoder that writes from it is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from core.errors import UnsupportedError
from core.generation.prompt import needs_causal, plain_reader
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


def read_source(model: LanguageModel, text: str | Tokens, *, special: bool = False) -> Tokens:
    """The tokens of ``text`` for the encoder, cut on the right where it is too long.

    What is left out is told in ``cut``. With ``special``, special tokens typed in the text are
    special; else they are text. Raises TextError for a text that cannot be read and
    UnsupportedError for a model without a decoder that reads an encoder.
    """
    if model.kind == "causal":
        raise UnsupportedError(
            _("{id} has no encoder: step through it with GenerationSession.").format(id=model.id)
        )
    if model.kind != "seq2seq":
        needs_causal(model)  # which names the page that fits
    if isinstance(text, Tokens):
        return text
    reader = model.reader if special else plain_reader(model)
    return reader.read(text, limit=model.shape.max_tokens)


def encode_source(model: LanguageModel, source: Tokens) -> Tensor:
    """The vectors that the encoder makes of ``source``. (1, token, hidden)"""
    inputs = model.inputs(source)
    inputs.pop("decoder_input_ids", None)
    with torch.inference_mode():
        vectors: Tensor = model.network.get_encoder()(**inputs)[0]
    return vectors
