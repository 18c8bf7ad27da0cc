"""Zero-shot by similarity: the label whose description's vector is nearest to that of the text.

p(label) = softmax over labels of cos(text, description) / τ. Nothing is trained; τ only says how
sharp the probabilities are, not which label wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from core.embedding.sentences import FloatArray, embed_texts
from core.errors import UnsupportedError
from core.language import _
from core.tasks.classification import ClassAnswer, fault, stopped
from core.tasks.languages import known_languages, language_note
from core.tasks.windows import window_note

if TYPE_CHECKING:
    from core.jobs import Progress, Stop
    from core.models import LanguageModel
    from core.tasks.task import Label, Task

TEMPERATURE: Final = 0.05
BLOCK: Final = 512
"""Texts that are read before anybody can stop it."""


def similar_classes(
    task: Task,
    labels: Sequence[Label],
    model: LanguageModel,
    texts: Sequence[str],
    *,
    progress: Progress,
    stop: Stop,
) -> Sequence[ClassAnswer]:
    """The labels of ``texts`` by cosine to the labels' descriptions.

    Raises UnsupportedError for a model that is no encoder.
    """
    if model.kind not in ("encoder", "masked"):
        raise UnsupportedError(
            _("{id} gives no vectors of whole texts: choose an encoder.").format(id=model.id)
        )
    names = tuple(label.name for label in labels)
    known = known_languages(model.id, task)
    described = [label.description or label.name for label in labels]
    targets = embed_texts(model, described).vectors  # (label, hidden)
    problems = {place: sentence for place, text in enumerate(texts) if (sentence := fault(text))}
    sound = [place for place in range(len(texts)) if place not in problems]
    found: dict[int, tuple[FloatArray, int]] = {}
    for start in range(0, len(sound), BLOCK):
        if stop():
            break
        block = sound[start : start + BLOCK]
        read = embed_texts(model, [texts[place] for place in block])
        cosines = read.vectors @ targets.T  # (text, label)
        found |= dict(zip(block, zip(cosines, read.windows, strict=True), strict=True))
        progress(start + len(block), len(sound))
    answers = []
    for place, text in enumerate(texts):
        own, count = found.get(place, (None, 0))
        notes = (language_note(text, known), window_note(count))
        answers.append(
            ClassAnswer(
                text=text,
                label_names=names,
                probabilities=None if own is None else softmax(own / TEMPERATURE),
                scores=own,
                note=" ".join(filter(None, notes)),
                problem=problems.get(place, "") or ("" if own is not None else stopped()),
            )
        )
    return answers


def softmax(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """e to each of ``values`` over their sum, along the last axis."""
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: npt.NDArray[np.float32] = powers / powers.sum(axis=-1, keepdims=True)
    return shares.astype(np.float32)
