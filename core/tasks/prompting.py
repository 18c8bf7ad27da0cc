"""A label by prompt: the word for it that a language model expects after the prompt.

``core.prompts`` writes the prompt, asks the model and calibrates: p(label) is the probability of
the label's word against the others', corrected by what the same prompt says of "N/A" and the like
(Zhao et al. 2021). Here texts that are too long are cut to what fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.errors import UnsupportedError
from core.language import _
from core.prompts import PromptTemplate, evaluate_prompt
from core.tasks.classification import ClassAnswer, fault, stopped
from core.tasks.languages import known_languages, language_note

if TYPE_CHECKING:
    from core.jobs import Progress, Stop
    from core.models import LanguageModel
    from core.tasks.task import Label, Task

_SPARE = 16
"""Tokens that stay free for the words of the labels."""


def prompted_classes(
    task: Task,
    labels: Sequence[Label],
    model: LanguageModel,
    texts: Sequence[str],
    *,
    progress: Progress,
    stop: Stop,
) -> Sequence[ClassAnswer]:
    """The labels of ``texts`` by the words that follow ``task.template``.

    Raises UnsupportedError for a model that is neither causal nor masked, and what
    ``evaluate_prompt`` raises.
    """
    if model.kind not in ("causal", "masked"):
        raise UnsupportedError(
            _("{id} predicts no words: choose a causal or a masked model for the prompt.").format(
                id=model.id
            )
        )
    template = PromptTemplate(task.template)
    known = known_languages(model.id, task)
    room = model.shape.max_tokens - len(model.encode(template.render(text="N/A"))) - _SPARE
    problems = {place: sentence for place, text in enumerate(texts) if (sentence := fault(text))}
    sound = [place for place in range(len(texts)) if place not in problems]
    rows, cut = [], set()
    for place in sound:
        tokens = model.encode(texts[place], limit=max(room, 8))
        own = texts[place]
        if tokens.cut is not None:
            cut.add(place)
            own = own[: max((span[1] for span in tokens.spans if span is not None), default=0)]
        rows.append({"text": own.strip()})
    shares = np.zeros((0, len(labels)))
    if rows:
        shares = evaluate_prompt(
            model,
            template,
            rows,
            verbalizer={label.name: label.word.strip() or label.name for label in labels},
            calibrate=True,
            progress=progress,
            stop=stop,
        ).probabilities
    by_place = dict(zip(sound, shares.astype(np.float32), strict=False))
    answers = []
    for place, text in enumerate(texts):
        note = language_note(text, known)
        if place in cut:
            said = _("Too long for {limit} tokens: only the beginning stands in the prompt.")
            note = f"{note} {said.format(limit=model.shape.max_tokens)}".strip()
        answers.append(
            ClassAnswer(
                text=text,
                label_names=tuple(label.name for label in labels),
                probabilities=by_place.get(place),
                note=note,
                problem=problems.get(place, "") or ("" if place in by_place else stopped()),
            )
        )
    return answers
