"""How the vector of one word moves through the layers, in each of several texts.

All layers share one projection (PCA of the vectors divided by their lengths, which grow from layer
to layer), so that a path can be drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.attention.recording import FloatArray
from core.embedding.neighbours import cosine, unit_rows
from core.embedding.points import word_places
from core.embedding.projection import Projection, project
from core.embedding.vectors import TextVectors


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WordJourney:
    """The word's ``vectors`` by layer, 0 being the embedding, in the texts where it stands."""

    texts: tuple[int, ...]
    labels: tuple[str, ...]
    vectors: FloatArray  # (layer + 1, text, hidden)

    def cosines(self, one: int, other: int) -> tuple[float, ...]:
        """How alike the word is in two texts, after each layer; they count within ``texts``."""
        return tuple(cosine(layer[one], layer[other]) for layer in self.vectors)

    def kept(self, one: int) -> tuple[float, ...]:
        """How alike the word in a text is to itself one layer before, from layer 1."""
        path = self.vectors[:, one]
        return tuple(cosine(*path[at : at + 2]) for at in range(len(path) - 1))

    def paths(self, axes: int) -> Projection:
        """Every layer of every text as a point, layer by layer. (layer · text, axis)"""
        flat = self.vectors.reshape(-1, self.vectors.shape[-1])
        return project(unit_rows(flat), method="pca", axes=axes)


def word_journey(read: TextVectors, word: str) -> WordJourney:
    """The journey of ``word``; InputError where it stands in none of the texts."""
    places = word_places(read, word)
    vectors = [
        read.vectors[:, list(some)].mean(axis=1) for _text, _label, some in places
    ]  # (layer + 1, hidden) each
    return WordJourney(
        texts=tuple(text for text, _label, _places in places),
        labels=tuple(label for _text, label, _places in places),
        vectors=np.stack(vectors, axis=1),
    )
