"""What the room "Where words live" waits for: reading, projecting, neighbours, and the message."""

from __future__ import annotations

import time
from typing import Final

from app.examples import EXAMPLES
from benchmarks.report import Table, interleaved_seconds, seconds, size
from components.views.point_cloud import cloud_message
from core.embedding import layer_points, nearest_neighbours, project, read_texts, word_journey
from core.models import load_model

LANGUAGES: Final = ("en", "zh")


def measure() -> Table:
    """The default lines of each language on its default model, all tokens as points."""
    return Table(
        title="Where words live",
        about=(
            "The lines that the page opens with, every token a point of the last layer, in three "
            "dimensions. UMAP is measured once, its import included, which happens when it is "
            "asked for. Aims: a click in 150 ms and 100 KB, but for reading and UMAP."
        ),
        head=(
            *("model", "points", "read", "PCA", "neighbours", "a word's way"),
            *("UMAP, the first time", "bytes"),
        ),
        rows=tuple(_row(language) for language in LANGUAGES),
    )


def _row(language: str) -> tuple[str, ...]:
    example = EXAMPLES[language]
    model = load_model(example.model, device="cpu")
    read = read_texts(model, example.lines)
    points = layer_points(read, read.layers, "tokens")
    taken = interleaved_seconds(
        {
            "read": lambda: read_texts(model, example.lines),
            "pca": lambda: project(points.vectors, method="pca", axes=3),
            "near": lambda: nearest_neighbours(points.vectors, 8),
            "way": lambda: word_journey(read, example.followed).paths(3),
        }
    )
    began = time.perf_counter()
    project(points.vectors, method="umap", axes=3)
    first = time.perf_counter() - began
    near = nearest_neighbours(points.vectors, 8)
    message = cloud_message(
        project(points.vectors, method="pca", axes=3).coordinates,
        points.labels,
        key="space",
        label="Points",
        axes=("PC 1", "PC 2", "PC 3"),
        details=[example.lines[text] for text in points.texts],
        neighbours=near.points,
        cosines=near.cosines,
    )
    return (
        example.model,
        str(len(points)),
        *map(seconds, taken.values()),
        f"{first:.1f} s",
        size(len(message)),
    )
