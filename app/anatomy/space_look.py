"""What the room "Where words live" looks at, computed once for all sessions."""

from __future__ import annotations

from dataclasses import dataclass

from app.facts import of_model
from core.embedding import (
    Method,
    Neighbours,
    PointKind,
    Points,
    Projection,
    TextVectors,
    WordJourney,
    layer_points,
    nearest_neighbours,
    project,
    read_texts,
    word_journey,
)

NEIGHBOURS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceLook:
    """A model by its id, and the lines it reads one by one. Small: fragments keep it."""

    model: str
    lines: tuple[str, ...]

    def read(self) -> TextVectors:
        """The vectors of every token in every layer."""
        return of_model(
            self.model, ("space", self.lines), lambda model: read_texts(model, self.lines)
        )

    def points(self, layer: int, kind: PointKind, word: str) -> Points:
        """The points of a layer."""
        return layer_points(self.read(), layer, kind, word=word)

    def projection(
        self, points: Points, layer: int, kind: PointKind, word: str, method: Method, axes: int
    ) -> Projection:
        """Where the points lie in the picture."""
        key = ("space at", self.lines, layer, kind, word, method, axes)
        return of_model(
            self.model, key, lambda _model: project(points.vectors, method=method, axes=axes)
        )

    def neighbours(self, points: Points) -> Neighbours:
        """Which points are nearest to each."""
        return nearest_neighbours(points.vectors, NEIGHBOURS)

    def journey(self, word: str) -> WordJourney:
        """How the word moves through the layers."""
        return word_journey(self.read(), word)

    def paths(self, journey: WordJourney, word: str, axes: int) -> Projection:
        """All layers of the journey in one picture."""
        key = ("space paths", self.lines, word, axes)
        return of_model(self.model, key, lambda _model: journey.paths(axes))


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text that are not blank."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
