"""Tasks: rows a second against transformers' pipelines, embedding against sentence-transformers,
and the search over 50,000 lines.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from transformers import pipeline

from benchmarks.report import Table, interleaved_seconds, seconds
from core.catalogue import ensure_dataset, read_dataset
from core.embedding.sentences import embed_texts
from core.errors import ModelNotFoundError
from core.models import LanguageModel, load_model
from core.tasks import solve
from core.tasks.search import LineIndex, search
from core.tuning.predicting import task_of

ENCODER = "minilm-l6"
DATA = (
    ("question-types", "tuned:question-type", "question-type"),
    ("movie-snippets", "tuned:sentiment", "sentiment"),
)
"""Short texts and longer ones, and what classifies them."""
CANDIDATES = "A wonderful film.\nA boring film.\nThe story of a family."
ROWS = 500
"""Texts of a table that is answered at once."""
ALONE = 100
"""How many of them go through a pipeline, one call each."""
WIDE = (384, 1536, 1024)
"""Numbers in and out of the product that tells what the machine can do, and its rows."""
LINES = 10_000
SEARCHED = 50_000
QUESTION = "a film about a family that moves to the sea"


def measure() -> list[Table]:
    """Everything, with the built-in models on the CPU."""
    lines = texts_of("movie-snippets", LINES)
    model = load_model(ENCODER, device="cpu")
    return [_rows(model), _embedding(model, lines), _search(model, lines)]


def texts_of(dataset: str, count: int) -> list[str]:
    """The first ``count`` texts of a dataset, from the beginning again where it has fewer."""
    ensure_dataset(dataset)
    texts = [str(text) for text in read_dataset(dataset)["text"]]
    return (texts * (count // len(texts) + 1))[:count]


def _rows(model: LanguageModel) -> Table:
    """A table of texts at once, against a pipeline called once for each."""
    features = pipeline(
        "feature-extraction", model=model.network, tokenizer=model.tokenizer, device="cpu"
    )
    rows = []
    for dataset, classifier, task in DATA:
        texts = texts_of(dataset, ROWS)
        length = np.mean([len(windows[0]) for windows in model.reader.windows(texts, limit=512)])
        name = f"{dataset}, {length:.0f} tokens"
        rows.append(
            _compared(
                f"similarity: {name}",
                texts,
                lambda text: _vector(features(text)[0]),
                lambda texts=texts: solve("similarity", texts, CANDIDATES, model=model),
                bound=_products(model, length),
            )
        )
        tuned = _tuned(classifier)
        if tuned is None:
            continue
        own = task_of(tuned).tuned
        classify = pipeline(
            "text-classification", model=own.network, tokenizer=own.tokenizer, device="cpu"
        )
        rows.append(
            _compared(
                f"classification: {name}",
                texts,
                classify,
                lambda texts=texts, task=task, tuned=tuned: solve(
                    task, texts, way="tuned", model=tuned
                ),
                bound=_products(model, length),
            )
        )
    return Table(
        title="Tasks: rows a second",
        about=(
            f"{ROWS} texts as one table, against transformers' pipeline called for each (timed "
            f"on {ALONE} of them). Similarity is to three other sentences, which the pipeline does "
            "not read here. What a call costs beside the network weighs most on short texts. The "
            "last column is what this machine could do if it computed nothing but the layers' "
            "matrix products, as fast as one large product. Aim: at least 5× the rows a second."
        ),
        head=("what", "pipeline, row by row", "Headlight", "faster", "products alone"),
        rows=tuple(rows),
    )


def _compared(
    name: str,
    texts: Sequence[str],
    one: Callable[[str], object],
    together: Callable[[], object],
    *,
    bound: float,
) -> tuple[str, ...]:
    """The rows a second of both, and how many times as many the second has."""
    some = texts[:: len(texts) // ALONE]
    took = interleaved_seconds(
        {"alone": lambda: [one(text) for text in some], "ours": together}, rounds=3
    )
    alone, ours = len(some) / took["alone"], len(texts) / took["ours"]
    most = f"{bound:.0f} ({bound / alone:.1f}×)"
    return name, f"{alone:.0f}", f"{ours:.0f}", f"{ours / alone:.1f}×", most


def _products(model: LanguageModel, tokens: float) -> float:
    """Rows of so many tokens a second, if only the layers' products took time."""
    weights = sum(
        part.weight.numel()
        for name, part in model.network.named_modules()
        if isinstance(part, torch.nn.Linear) and ".layer." in f".{name}"
    )
    product = torch.nn.Linear(WIDE[0], WIDE[1])
    given = torch.randn(WIDE[2], WIDE[0])
    with torch.inference_mode():
        taken = min(interleaved_seconds({"product": lambda: product(given)}, rounds=30).values())
    return WIDE[2] * WIDE[0] * WIDE[1] / taken / (weights * tokens)


def _vector(tokens: object) -> object:
    mean = np.asarray(tokens).mean(axis=0)  # (hidden)
    return mean / np.linalg.norm(mean)


def _tuned(name: str) -> LanguageModel | None:
    """A tuned model that comes with Headlight; None where it does not."""
    try:
        return load_model(name, device="cpu")
    except ModelNotFoundError:
        return None


def _embedding(model: LanguageModel, lines: Sequence[str]) -> Table:
    """The same vectors as sentence-transformers, from the same weights."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers import models as parts

    reader = parts.Transformer(str(model.folder))
    pooling = parts.Pooling(reader.get_embedding_dimension(), pooling_mode="mean")
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
