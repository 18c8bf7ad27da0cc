"""A label by prompt: the word for it that a causal language model expects after the prompt.

p(label) is the probability of the label's word against the words of the other labels, each divided
by its probability after the same prompt with "N/A" for a text: words that are frequent anyway do
not win by that (contextual calibration, Zhao et al. 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch

from core.errors import InputError, UnsupportedError
from core.language import _
from core.masked.variants import batches, padded_inputs
from core.prediction import logits_at
from core.tasks.classification import ClassAnswer, fault, stopped
from core.tasks.languages import language_note
from core.tasks.zero_shot import softmax

if TYPE_CHECKING:
    from core.jobs import Progress, Stop
    from core.models import LanguageModel
    from core.tasks.task import Label, Task
    from core.tokens import Tokens

CONTENT_FREE: Final = "N/A"
_HOLE: Final = "{{ text }}"
FloatArray = npt.NDArray[np.float32]


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

    Raises UnsupportedError for a model that is not causal, InputError for labels whose words begin
    alike to it, of which it could not tell one from another.
    """
    if model.kind != "causal":
        raise UnsupportedError(
            _("{id} does not write on: choose a causal model for the prompt.").format(id=model.id)
        )
    words = first_tokens(model, labels)
    free = _expected(model, [model.encode(render(task.template, CONTENT_FREE))], words)[0]
    problems = {place: sentence for place, text in enumerate(texts) if (sentence := fault(text))}
    sound = [place for place in range(len(texts)) if place not in problems]
    room = model.shape.max_tokens
    rows, cut = [], set()
    for place in sound:
        row = model.encode(render(task.template, texts[place]))
        if row.cut is not None:
            cut.add(place)
            row = model.encode(
                render(task.template, _shortened(model, task.template, texts[place]))
            )
        rows.append(row)
    found = _expected(model, rows, words, progress=progress, stop=stop)
    by_place = dict(zip(sound, found, strict=True))
    answers = []
    for place, text in enumerate(texts):
        own = by_place.get(place)
        read = own is not None and not np.isnan(own[0])
        note = language_note(text, task.languages)
        if place in cut:
            said = _("Too long for {limit} tokens: only the beginning stands in the prompt.")
            note = f"{note} {said.format(limit=room)}".strip()
        answers.append(
            ClassAnswer(
                text=text,
                label_names=tuple(label.name for label in labels),
                probabilities=softmax(own - free) if own is not None and read else None,
                note=note,
                problem=problems.get(place, "") or ("" if read else stopped()),
            )
        )
    return answers


def render(template: str, text: str) -> str:
    """The prompt: ``template`` with ``text`` where it belongs."""
    return template.replace(_HOLE, text.strip())


def first_tokens(model: LanguageModel, labels: Sequence[Label]) -> list[int]:
    """The token that each label's word begins with. Raises InputError where two are the same."""
    found: dict[int, str] = {}
    for label in labels:
        ids = model.tokenizer(label.word or f" {label.name}", add_special_tokens=False)["input_ids"]
        if not ids or ids[0] in found:
            raise InputError(
                _("The labels “{first}” and “{second}” begin alike: choose other words.").format(
                    first=found.get(ids[0], "") if ids else "", second=label.name
                )
            )
        found[int(ids[0])] = label.name
    return list(found)


def _expected(
    model: LanguageModel,
    rows: Sequence[Tokens],
    words: Sequence[int],
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> FloatArray:
    """log p of each of ``words`` after each row. (row, word); NaN where it was not read"""
    found: FloatArray = np.full((len(rows), len(words)), np.nan, dtype=np.float32)
    chosen = torch.tensor(words, device=model.device)
    done = 0
    for batch in batches(model, rows):
        if stop is not None and stop():
            break
        own = [rows[number] for number in batch]
        ends = torch.tensor([[len(row) - 1] for row in own])  # (row, 1)
        with torch.inference_mode():
            logits = logits_at(model.network, padded_inputs(model, own), ends)[:, 0]
            shares = torch.log_softmax(logits.float(), dim=-1)[:, chosen]  # (row, word)
        found[list(batch)] = shares.cpu().numpy()
        done += len(batch)
        if progress is not None:
            progress(done, len(rows))
    return found


def _shortened(model: LanguageModel, template: str, text: str) -> str:
    """As much of the beginning of ``text`` as fits with the rest of the prompt."""
    around = len(model.encode(render(template, "")))
    room = max(1, model.shape.max_tokens - around - 8)
    tokens = model.encode(text, limit=room)
    ends = [span[1] for span in tokens.spans if span is not None]
    return text[: max(ends, default=0)]
