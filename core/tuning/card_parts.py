"""Pieces of which model cards are made: a Markdown table, and a curve of few points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Points = Sequence[Mapping[str, float]]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def thinned(points: Points, count: int = 12) -> list[Mapping[str, float]]:
    """About ``count`` of the points, evenly taken, the last always among them."""
    kept = list(points[:: max(1, len(points) // count)])
    if points and kept[-1] is not points[-1]:
        kept.append(points[-1])
    return kept
