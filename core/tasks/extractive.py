"""A summary that is taken from the text itself: the sentences most like the whole.

Each sentence's score is the cosine of its vector to the mean of all of them (the centroid method:
Radev et al. 2004; with sentence vectors Rossiello et al. 2017). Nothing is written, so nothing can
be made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from core.embedding.sentences import FloatArray, embed_texts
from core.errors import UnsupportedError
from core.language import _
from core.tuning.sentences import split_chinese, split_sentences

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

SENTENCE_LIMIT: Final = 400
"""Sentences of one text that are read; the rest is left out, saying so."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Extract:
    """``chosen`` are places in ``sentences``, in the order of the text.

    ``cosines`` (sentence,) are to the mean of all; ``left_out`` counts sentences past the limit.
    """

    sentences: tuple[str, ...]
    cosines: FloatArray
    chosen: tuple[int, ...]
    left_out: int = 0

    @property
    def text(self) -> str:
        """The summary."""
        return " ".join(self.sentences[place] for place in self.chosen)


def central_sentences(model: LanguageModel, text: str, *, count: int = 1) -> Extract:
    """The ``count`` sentences of ``text`` nearest to the mean of all.

    Raises TextError for a text that cannot be read, UnsupportedError for a model that gives no
    vectors of texts.
    """
    if model.kind == "causal":
        raise UnsupportedError(
            _("{id} gives no vectors of whole texts: choose an encoder.").format(id=model.id)
        )
    found = [
        part
        for line in text.splitlines()
        for sentence in split_sentences(line)
        for part in split_chinese(sentence)
    ] or [text]
    sentences = tuple(found[:SENTENCE_LIMIT])
    vectors = embed_texts(model, sentences).vectors
    mean = vectors.mean(axis=0)
    cosines: FloatArray = vectors @ (mean / max(float(np.linalg.norm(mean)), 1e-12))
    best = np.argsort(-cosines, kind="stable")[:count]
    return Extract(
        sentences=sentences,
        cosines=cosines,
        chosen=tuple(sorted(int(place) for place in best)),
        left_out=len(found) - len(sentences),
    )
