"""The sentence of a text that is most like a question, by an encoder that learnt no reading.

p(sentence) = softmax of cos(question, sentence) / τ over the sentences and over one more choice,
"not in the text", which counts as a cosine of ``NOTHING``. A long text needs no windows: each
sentence is read by itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from core.embedding.sentences import embed_texts
from core.errors import UnsupportedError
from core.language import _
from core.tasks.comprehension import SHOWN, Passage, Reading
from core.tasks.zero_shot import softmax

if TYPE_CHECKING:
    from core.jobs import Stop
    from core.models.language_model import LanguageModel

NOTHING: Final = 0.35
"""The cosine below which a sentence is taken to say nothing of the question."""
TEMPERATURE: Final = 0.05
_SENTENCE: Final = re.compile(
    r"\S.*?(?:[.!?]+[\"”’)]*(?=\s|$)|[。！？]+[”’）]*|(?=\n)|$)", re.DOTALL
)


def read_windows(model: LanguageModel, text: str, question: str, stop: Stop) -> tuple[Reading, ...]:
    """One reading of all sentences of ``text``.

    Raises UnsupportedError for a model that gives no vectors of texts.
    """
    if model.kind not in ("encoder", "masked"):
        raise UnsupportedError(
            _("{id} gives no vectors of whole texts: choose an encoder.").format(id=model.id)
        )
    places = sentence_places(text)
    if stop():
        return ()
    read = embed_texts(model, [question, *(text[start:end] for start, end in places)])
    cosines = read.vectors[1:] @ read.vectors[0]  # (sentence,)
    choices = np.append(cosines, np.float32(NOTHING)).astype(np.float32)
    shares = softmax(choices / TEMPERATURE)
    order = np.argsort(-cosines, kind="stable")[:SHOWN].tolist()
    passages = tuple(
        Passage(start=places[n][0], end=places[n][1], probability=float(shares[n])) for n in order
    )
    margin = float(cosines.max() - NOTHING) / TEMPERATURE
    return (Reading(passages=passages, none=float(shares[-1]), margin=margin),)


def sentence_places(text: str) -> list[tuple[int, int]]:
    """Where the sentences stand: first character, and one past the last."""
    return [match.span() for match in _SENTENCE.finditer(text) if match.group().strip()]
