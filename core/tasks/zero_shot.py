"""Zero-shot by similarity: the label whose description's vector is nearest to that of the text.

p(label) = softmax over labels of cos(text, description) / τ. Nothing is trained; τ only says how
sharp the probabilities are, not which label wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from core.errors import UnsupportedError
from core.language import _
from core.tasks.classification import ClassAnswer, fault, stopped
from core.tasks.languages import language_note
from core.tasks.vectors import text_vectors

if TYPE_CHECKING:
    from core.jobs import Progress, Stop
    from core.models import LanguageModel
    from core.tasks.task import Label, Task

TEMPERATURE: Final = 0.05


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
    described = [model.encode(label.description or label.name) for label in labels]
    targets = text_vectors(model, described)  # (label, hidden)
    problems = {place: sentence for place, text in enumerate(texts) if (sentence := fault(text))}
    sound = [place for place in range(len(texts)) if place not in problems]
    rows = [model.encode(texts[place]) for place in sound]
    cosines = text_vectors(model, rows, progress=progress, stop=stop) @ targets.T  # (text, label)
    by_place = dict(zip(sound, zip(rows, cosines, strict=True), strict=True))
    answers = []
    for place, text in enumerate(texts):
        tokens, cosine = by_place.get(place, (None, None))
        shares = None
        if cosine is not None and not np.isnan(cosine[0]):
            shares = softmax(cosine / TEMPERATURE)
        note = language_note(text, task.languages)
        if tokens is not None and tokens.cut is not None:
            said = _("Too long: {total} tokens, the limit is {limit}; the rest is not read.")
            note = f"{note} {said.format(total=tokens.cut.total, limit=tokens.cut.limit)}".strip()
        answers.append(
            ClassAnswer(
                text=text,
                label_names=names,
                probabilities=shares,
                scores=None if shares is None else cosine,
                note=note,
                problem=problems.get(place, "") or ("" if shares is not None else stopped()),
            )
        )
    return answers


def softmax(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """e to each of ``values`` over their sum, along the last axis."""
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: npt.NDArray[np.float32] = powers / powers.sum(axis=-1, keepdims=True)
    return shares.astype(np.float32)
