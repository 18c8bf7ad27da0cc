"""How like each token of one text is to each of another: cosines of the last layer's vectors.

As BERTScore compares texts (Zhang et al. 2020, equation 2, without idf weights): its recall is the
mean over the first text's tokens of their largest cosine, its precision that over the second's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.embedding.sentences import FloatArray, token_vectors
from core.errors import UnsupportedError
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TokenSimilarity:
    """``cosines`` float32 (token of ``first``, token of ``second``), without special tokens."""

    first: Tokens
    second: Tokens
    first_places: tuple[int, ...]
    second_places: tuple[int, ...]
    cosines: FloatArray

    @property
    def first_labels(self) -> tuple[str, ...]:
        """What the rows are called."""
        return tuple(self.first.characters[place] for place in self.first_places)

    @property
    def second_labels(self) -> tuple[str, ...]:
        """What the columns are called."""
        return tuple(self.second.characters[place] for place in self.second_places)

    @property
    def recall(self) -> float:
        """How well the second text covers the first."""
        return float(self.cosines.max(axis=1).mean())

    @property
    def precision(self) -> float:
        """How well the first text covers the second."""
        return float(self.cosines.max(axis=0).mean())


def token_similarity(
    model: LanguageModel, first: str, second: str, *, limit: int = 128
) -> TokenSimilarity:
    """The cosines between the tokens of two texts, each read alone and cut at ``limit`` tokens.

    Raises TextError for a text that cannot be read, UnsupportedError for a causal model.
    """
    if model.kind == "causal":
        raise UnsupportedError(
            _("{id} gives no vectors of whole texts: choose an encoder.").format(id=model.id)
        )
    reads = [model.encode_source(text, limit=limit) for text in (first, second)]
    places = [_words(tokens) for tokens in reads]
    vectors = [
        token_vectors(model, tokens.ids)[list(own)]
        for tokens, own in zip(reads, places, strict=True)
    ]
    cosines: FloatArray = np.clip(vectors[0] @ vectors[1].T, -1.0, 1.0)
    return TokenSimilarity(
        first=reads[0],
        second=reads[1],
        first_places=places[0],
        second_places=places[1],
        cosines=cosines,
    )


def _words(tokens: Tokens) -> tuple[int, ...]:
    """The places of tokens that say something; all of them where none does."""
    own = tuple(place for place, special in enumerate(tokens.special) if not special)
    return own or tuple(range(len(tokens)))
