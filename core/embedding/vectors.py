"""The vectors of several texts before the first layer and after each.

They are the stream as the layers pass it on: of a model with a norm after its last layer, without
that norm. Of an encoder–decoder model the layers are the encoder's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from torch import nn

from core.attention.blocks import given_vectors, made_vectors, stepping
from core.attention.recording import FloatArray
from core.errors import InputError, UnsupportedError
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

MOST_TEXTS: Final = 60
MOST_TOKENS: Final = 240
"""Of all texts together: 17 MB for a model of 30 layers of 576 dimensions."""
TEXT_TOKENS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextVectors:
    """``vectors`` of all tokens of all texts, one text after another; layer 0 is the embedding.

    ``texts`` are as they were typed, ``starts`` where each begins among the tokens.
    """

    texts: tuple[str, ...]
    tokens: tuple[Tokens, ...]
    vectors: FloatArray  # (layer + 1, token of all texts, hidden)
    causal: bool

    @property
    def layers(self) -> int:
        """How many layers there are, without the embedding."""
        return len(self.vectors) - 1

    @property
    def starts(self) -> tuple[int, ...]:
        """Where each text begins among the tokens."""
        ends = np.cumsum([0, *(len(tokens) for tokens in self.tokens)])
        return tuple(ends[:-1].tolist())

    @property
    def nbytes(self) -> int:
        """For a cache that counts bytes."""
        return self.vectors.nbytes


class _Reader:
    """A block runner that keeps the vectors between the layers of one stack."""

    def __init__(self, stack: set[nn.Module]) -> None:
        self._stack = stack
        self.vectors: list[FloatArray] = []  # (token, hidden) each

    def run(
        self,
        block: nn.Module,
        forward: Callable[..., object],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> object:
        """What the block gives."""
        output = forward(*args, **kwargs)
        if block in self._stack:
            if not self.vectors:
                self.vectors.append(given_vectors(args, kwargs)[0].float().cpu().numpy())
            self.vectors.append(made_vectors(output)[0].float().cpu().numpy())
        return output


def read_texts(model: LanguageModel, texts: Sequence[str]) -> TextVectors:
    """Read each of ``texts`` by itself and keep the vectors of every layer.

    Raises InputError for too many texts or tokens, TextError for a text that no tokenizer takes,
    UnsupportedError for a model whose layers cannot be found.
    """
    if not 1 <= len(texts) <= MOST_TEXTS:
        raise InputError(
            _("{count} lines: from 1 to {limit} can be shown.").format(
                count=len(texts), limit=MOST_TEXTS
            )
        )
    read = tuple(model.encode_source(text, limit=TEXT_TOKENS) for text in texts)
    total = sum(map(len, read))
    if total > MOST_TOKENS:
        raise InputError(
            _("{count} tokens in all lines, the limit is {limit}: leave some out.").format(
                count=total, limit=MOST_TOKENS
            )
        )
    stack = _stack(model)
    vectors = [_read(model, tokens, stack) for tokens in read]
    return TextVectors(
        texts=tuple(texts),
        tokens=read,
        vectors=np.concatenate(vectors, axis=1),
        causal=model.kind == "causal",
    )


def _read(model: LanguageModel, tokens: Tokens, stack: set[nn.Module]) -> FloatArray:
    """(layer + 1, token, hidden)"""
    reader = _Reader(stack)
    inputs = dict(model.inputs(tokens))
    kept = {} if model.kind in ("masked", "encoder") else {"use_cache": False}
    with torch.inference_mode(), stepping(reader):
        model.network.base_model(**inputs, **kept)
    found: FloatArray = np.stack(reader.vectors)
    return found


def _stack(model: LanguageModel) -> set[nn.Module]:
    if model.blocks is None:
        raise UnsupportedError(
            _(
                "The layers of {id} cannot be found: its architecture ({name}) runs them in a way "
                "of its own. Choose another model."
            ).format(id=model.id, name=type(model.network).__name__)
        )
    calls = model.blocks.calls
    return {block for (stack, _layer), (block, _call) in calls.items() if stack == "self"}
