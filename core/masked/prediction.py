"""What a masked model expects behind each mask of a text, all masks at once.

The probabilities of several masks are each their own, with the others still masked: how they
depend on each other shows when they are filled one by one (``core.masked.filling``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.attention.target import mask_position, token_of_text
from core.distribution import (
    FloatArray,
    RankedToken,
    TokenNames,
    check_top_k,
    entropy,
    log_probabilities,
    ranked,
    top_tokens,
)
from core.errors import InputError
from core.language import _
from core.masked.masks import mask_positions, masked_tokens
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskPrediction:
    """What stands behind the mask at ``position``: the most probable tokens, the first first.

    ``probabilities`` are over the whole vocabulary; ``entropy`` is in nats. ``original`` is where
    the word that was masked stands, if it was told; ``earlier`` are the probabilities that the same
    tokens had in an earlier state of the text.
    """

    position: int
    token_ids: tuple[int, ...]
    texts: tuple[str, ...]
    pieces: tuple[str, ...]
    probabilities: FloatArray  # (k,)
    entropy: float
    original: RankedToken | None = None
    earlier: FloatArray | None = None  # (k,)


def predict_masks(
    model: LanguageModel,
    text: str | Tokens,
    *,
    top_k: int = 10,
    originals: Mapping[int, int | str] | Tokens | None = None,
    earlier: Tokens | None = None,
) -> tuple[MaskPrediction, ...]:
    """The ``top_k`` tokens behind each mask of ``text``, from left to right.

    softmax of the logits, as in transformers' fill-mask. Masks may be spelled as any model spells
    them. ``originals`` are the words that were masked, by position, as ids or texts of one token,
    or all tokens before masking; ``earlier`` is the same text when more of it was masked. Raises
    InputError for a text without a mask or with one past the model's limit and for an original that
    is no token of the vocabulary; UnsupportedError for a model that is not masked, naming the page
    that fits.
    """
    check_top_k(top_k)
    tokens = masked_tokens(model, text)
    positions = mask_positions(model, tokens)
    ids = _ids(model, tokens, originals)
    names = TokenNames(model)
    scores = log_probabilities(model, tokens, positions)  # (mask, vocab)
    found = [
        prediction(position, row, top_k, names, ids.get(position))
        for position, row in zip(positions, scores, strict=True)
    ]
    if earlier is None:
        return tuple(found)
    before = log_probabilities(model, earlier, positions)  # (mask, vocab)
    return tuple(
        replace(one, earlier=np.exp(row[list(one.token_ids)]))
        for one, row in zip(found, before, strict=True)
    )


def prediction(
    position: int, scores: FloatArray, top_k: int, names: TokenNames, original: int | None = None
) -> MaskPrediction:
    """The prediction that log-probabilities (vocab,) make."""
    top = top_tokens(scores, top_k, names)
    return MaskPrediction(
        position=position,
        token_ids=top.token_ids,
        texts=top.texts,
        pieces=top.pieces,
        probabilities=top.probabilities,
        entropy=entropy(scores),
        original=None if original is None else ranked(scores, original, names),
    )


def _ids(
    model: LanguageModel, tokens: Tokens, originals: Mapping[int, int | str] | Tokens | None
) -> dict[int, int]:
    """The original id of each position that one was told for."""
    if originals is None:
        return {}
    if isinstance(originals, Tokens):
        if len(originals) != len(tokens):
            raise InputError(
                _(
                    "The original has {count} tokens and the masked text {own}: mask it again."
                ).format(count=len(originals), own=len(tokens))
            )
        return dict(enumerate(originals.ids))
    return {
        mask_position(model, tokens, position): token_of_text(model, word)
        if isinstance(word, str)
        else word
        for position, word in originals.items()
    }
