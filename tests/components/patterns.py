"""Hand-made heads with known habits, and texts that are hard to show."""

from __future__ import annotations

import numpy as np

from components.views.attention_grid import GridHead

ATTACK = "</script><img src=x onerror=alert(1)>"
SENTENCE = [
    *("[CLS]", "the", "animal", "did", "n't", "cross", "the", "street", "because", "it"),
    *("was", "too", "tired", ".", "[SEP]"),
]
CHINESE = ["[CLS]", *"这只动物没有过马路，因为它太累了。", "[SEP]"]
ODD = [
    "[CLS]",
    "שלום",
    "مرحبا",
    "👩‍🚀",
    "Donaudampfschifffahrtsgesellschaft",
    ATTACK,
    "東京",
    "[SEP]",
]


def pattern(name: str, side: int, *, causal: bool = False, seed: int = 0) -> np.ndarray:
    """Weights [query, key] of a head with a known habit, a little noise, rows that sum to one."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 1.2, (side, side))
    rows = np.arange(side)
    if name == "previous":
        scores[rows, np.maximum(rows - 1, 0)] += 8
    elif name == "next":
        scores[rows, np.minimum(rows + 1, side - 1)] += 8
    elif name == "self":
        scores[rows, rows] += 7
    elif name == "first":
        scores[:, 0] += 6
    elif name == "local":
        scores -= np.abs(rows[:, None] - rows[None, :]) * 0.9
    if causal:
        scores[np.triu_indices(side, 1)] = -np.inf
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


NAMES = ("previous", "first", "self", "next", "local", "broad")


def wall(layers: int, heads: int, side: int, *, causal: bool) -> tuple[list[GridHead], np.ndarray]:
    """Heads with habits in turn, and their thumbnails."""
    places = [(layer, head) for layer in range(layers) for head in range(heads)]
    entries = [
        GridHead(layer=layer, head=head, caption=f"{NAMES[i % 6]} token", score=0.98 - i % 6 / 9)
        for i, (layer, head) in enumerate(places)
    ]
    made = [pattern(NAMES[i % 6], side, causal=causal, seed=i) for i in range(len(places))]
    return entries, np.stack(made)


def long_labels(count: int) -> list[str]:
    """A long text: the same sentence again and again."""
    words = SENTENCE[1:-1]
    return ["[CLS]", *(words[i % len(words)] for i in range(count - 2)), "[SEP]"]
