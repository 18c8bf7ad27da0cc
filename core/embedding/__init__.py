"""Where words live: vectors of tokens, words and texts by layer, projected, with neighbours."""

from core.embedding.journey import WordJourney, word_journey
from core.embedding.neighbours import Neighbours, nearest_neighbours
from core.embedding.points import PointKind, Points, layer_points
from core.embedding.projection import (
    LEAST_FOR_UMAP,
    Method,
    Projection,
    project,
)
from core.embedding.vectors import TextVectors, read_texts

__all__ = [
    "LEAST_FOR_UMAP",
    "Method",
    "Neighbours",
    "PointKind",
    "Points",
    "Projection",
    "TextVectors",
    "WordJourney",
    "layer_points",
    "nearest_neighbours",
    "project",
    "read_texts",
    "word_journey",
]
