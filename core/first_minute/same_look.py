"""Two heads that look from one token to another with the same weight, and what each of them does.

What a head does is measured as on the page Attention: 1 − cosine between the last layer's vector of
the token, with the head and without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from core.attention import ablated_vectors, attention_overview
from core.first_minute.told import Frame, SameLook

if TYPE_CHECKING:
    from core.models import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is looked at: a sentence with ``{word}`` in it, from which token to which, two heads."""

    model: str
    sentence: str
    words: tuple[str, str]
    focus: str
    key: str
    heads: tuple[tuple[int, int], tuple[int, int]]


SCENES: Final = {
    "en": Scene(
        model="minilm-l6",
        sentence="The animal didn't cross the street because it was too {word}.",
        words=("tired", "wide"),
        focus="it",
        key="animal",
        heads=((3, 1), (5, 11)),
    ),
    "zh": Scene(
        model="smollm2-135m-instruct",
        sentence="这只动物没有过马路，因为它太{word}了。",
        words=("累", "宽"),
        focus="它",
        key="为",
        heads=((13, 3), (1, 0)),
    ),
}


def look(model: LanguageModel, scene: Scene) -> SameLook:
    """Compute a scene."""
    frames = tuple(_frame(model, scene, word) for word in scene.words)
    return SameLook(
        model=scene.model,
        focus=scene.focus,
        key=scene.key,
        heads=scene.heads,
        causal=model.kind == "causal",
        frames=frames,
    )


def _frame(model: LanguageModel, scene: Scene, word: str) -> Frame:
    text = scene.sentence.format(word=word)
    overview = attention_overview(model, text)
    capture = overview.capture
    tokens = capture.tokens
    focus, key = (tokens.texts.index(each) for each in (scene.focus, scene.key))
    weights = tuple(
        tuple(tuple(round(float(weight), 4) for weight in row) for row in capture.head(*head))
        for head in scene.heads
    )
    return Frame(
        word=word,
        weights=weights,
        moved=tuple(_moved(model, text, head, focus) for head in scene.heads),
        focus=focus,
        key=key,
        texts=tuple(tokens.texts),
        pieces=tuple(tokens.pieces),
        ids=tuple(tokens.ids),
        special=tuple(tokens.special),
        continues=tuple(tokens.continues),
        labels=tuple(tokens.labels),
        sinks=tuple(overview.sink_positions),
        sink_label=", ".join(
            f"{tokens.labels[sink.position]} {sink.share:.0%}" for sink in overview.sinks
        ),
    )


def _moved(model: LanguageModel, text: str, head: tuple[int, int], token: int) -> float:
    vectors = ablated_vectors(model, text, [head])
    before, after = (each[token].astype(np.float64) for each in (vectors.baseline, vectors.ablated))
    cosine = before @ after / (np.linalg.norm(before) * np.linalg.norm(after))
    return round(1 - float(cosine), 6)
