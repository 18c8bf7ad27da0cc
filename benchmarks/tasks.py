"""Tasks: rows a second against transformers' pipelines, embedding against sentence-transformers,
and the search over 50,000 lines.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from transformers import pipeline

from benchmarks.report import Table, interleaved_seconds, seconds
from core.catalogue import ensure_dataset, read_dataset
from core.models import LanguageModel, load_model
from core.tasks import solve
from core.tasks.embedding import embed_texts
from core.tasks.search import LineIndex, search
from core.tuning.predicting import task_of

ENCODER = "minilm-l6"
CLASSIFIER = "tuned:sentiment"
ROWS = 500
"""Texts of a table that is answered at once."""
ALONE = 100
"""How many of them go through a pipeline, one call each."""
LINES = 10_000
SEARCHED = 50_000
QUESTION = "a film about a family that moves to the sea"


def measure() -> list[Table]:
    """Everything, with the built-in models on the CPU."""
    lines = short_lines(LINES)
    model = load_model(ENCODER, device="cpu")
    return [_rows(model, lines[:ROWS]), _embedding(model, lines), _search(model, lines)]


def short_lines(count: int) -> list[str]:
    """Sentences of film reviews, most of them 5 to 30 words, as often as it takes."""
    ensure_dataset("movie-snippets")
    texts = [str(text) for text in read_dataset("movie-snippets")["text"]]
    return (texts * (count // len(texts) + 1))[:count]


def _rows(model: LanguageModel, texts: Sequence[str]) -> Table:
    """A table of texts at once, against a pipeline called once for each."""
    some = texts[:: len(texts) // ALONE]
    features = pipeline(
        "feature-extraction", model=model.network, tokenizer=model.tokenizer, device="cpu"
    )
    candidates = "A wonderful film.\nA boring film.\nThe story of a family."

    def vectors_alone() -> None:
        for text in some:
            found = np.asarray(features(text)[0]).mean(axis=0)  # (hidden)
            _ = found / np.linalg.norm(found)

    alike = interleaved_seconds(
        {
            "alone": vectors_alone,
            "ours": lambda: solve("similarity", texts, candidates, model=model),
        },
        rounds=3,
    )
    tuned = load_model(CLASSIFIER, device="cpu")
    own = task_of(tuned).tuned
    classify = pipeline(
        "text-classification", model=own.network, tokenizer=own.tokenizer, device="cpu"
    )
    classes = interleaved_seconds(
        {
            "alone": lambda: [classify(text) for text in some],
            "ours": lambda: solve("sentiment", texts, way="tuned", model=tuned),
        },
        rounds=3,
    )
    return Table(
        title="Tasks: rows a second",
        about=(
            f"{len(texts)} sentences of film reviews as one table, against transformers' pipeline "
            f"called once for each (timed on {len(some)} of them). Similarity is to three other "
            "sentences, which the pipeline was spared. Aim: at least 5× the rows a second."
        ),
        head=("what", "pipeline, row by row", "Headlight", "faster"),
        rows=tuple(
            (
                name,
                f"{len(some) / took['alone']:.0f}",
                f"{len(texts) / took['ours']:.0f}",
                f"{(took['alone'] / len(some)) / (took['ours'] / len(texts)):.1f}×",
            )
            for name, took in (("similarity", alike), ("classification, tuned", classes))
        ),
    )


def _embedding(model: LanguageModel, lines: Sequence[str]) -> Table:
    """The same vectors as sentence-transformers, from the same weights."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers import models as parts

    reader = parts.Transformer(str(model.folder))
    pooling = parts.Pooling(reader.get_word_embedding_dimension(), pooling_mode="mean")
    theirs = SentenceTransformer(modules=[reader, pooling, parts.Normalize()], device="cpu")
    taken = interleaved_seconds(
        {
            "theirs": lambda: theirs.encode(list(lines), show_progress_bar=False),
            "ours": lambda: embed_texts(model, lines),
        },
        rounds=3,
    )
    apart = np.abs(
        theirs.encode(list(lines[:1000]), show_progress_bar=False)
        - embed_texts(model, lines[:1000]).vectors
    ).max()
    return Table(
        title="Tasks: sentence vectors",
        about=(
            f"{len(lines):,} short lines, built-in encoder, mean pooling, length 1. Aims: at "
            "most 1.1× the time of sentence-transformers' encode, equal to 1e-5."
        ),
        head=("what", "sentence-transformers", "Headlight", "ratio", "largest difference"),
        rows=(
            (
                f"{len(lines):,} lines",
                seconds(taken["theirs"]),
                seconds(taken["ours"]),
                f"{taken['ours'] / taken['theirs']:.2f}×",
                f"{apart:.1e}",
            ),
        ),
    )


def _search(model: LanguageModel, lines: Sequence[str]) -> Table:
    """The ten nearest of 50,000 lines, the question read by the model included."""
    drawn = np.random.default_rng(0)
    some = embed_texts(model, lines[:2000]).vectors
    # As many vectors as asked for, each near a real one: their number is what takes the time.
    vectors = some[drawn.integers(len(some), size=SEARCHED)]
    vectors = vectors + drawn.normal(scale=0.01, size=vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = LineIndex(model=ENCODER, lines=tuple(map(str, range(SEARCHED))), vectors=vectors)
    asked = embed_texts(model, [QUESTION]).vectors[0]
    taken = interleaved_seconds(
        {
            "whole": lambda: search(model, index, QUESTION),
            "nearest": lambda: index.nearest(asked),
        },
        rounds=15,
    )
    begun = time.perf_counter()
    index.nearest(asked, top=SEARCHED)
    everything = time.perf_counter() - begun
    return Table(
        title="Tasks: search",
        about=f"{SEARCHED:,} lines of 384 numbers, exact. Aim: 100 ms.",
        head=("what", "taken", "aim"),
        rows=(
            ("a question: read, compared, the ten nearest", seconds(taken["whole"]), "100 ms"),
            ("comparing alone", seconds(taken["nearest"]), ""),
            ("all lines in their order, for the CSV", seconds(everything), ""),
        ),
    )
