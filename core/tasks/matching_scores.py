"""How well pairs of texts match: by cosine, by what a language model answers, by what a run learnt.

What the numbers are taken for is decided in ``matching.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from core.errors import InputError, UnsupportedError
from core.jobs import Progress, Stop
from core.language import _
from core.tasks.task import Task

if TYPE_CHECKING:
    from core.embedding.sentences import FloatArray
    from core.models import LanguageModel

ASKED_LIMIT: Final = 2_000
"""Pairs that a language model is asked of, one prompt each."""
_AT_ONCE: Final = 20_000  # pairs whose vectors are laid out: a million would take gigabytes
UNKNOWN_SHARE: Final = 0.2
"""From this share of unknown pieces on, a text is said not to be known."""
YES: Final = (
    "yes",
    "true",
    "1",
    "paraphrase",
    "duplicate",
    "same",
    "entailment",
    "match",
    "answer",
)
"""What runs call a pair that matches."""

Pairs = Sequence[tuple[str, str]]


def cosines(
    model: LanguageModel, pairs: Pairs, progress: Progress
) -> tuple[FloatArray, dict[str, str]]:
    """The cosine of each pair, and what to know of a text; each text is read once."""
    from core.embedding.sentences import WINDOW, embed_texts

    if model.kind == "causal":
        raise UnsupportedError(
            _("{id} gives no vectors of whole texts: choose an encoder.").format(id=model.id)
        )
    texts = tuple(dict.fromkeys(text for pair in pairs for text in pair))
    found = embed_texts(model, texts, progress=progress)
    places = {text: place for place, text in enumerate(texts)}
    own_places = np.array([[places[text], places[second]] for text, second in pairs])  # (pair, 2)
    cosines: FloatArray = np.concatenate(
        [
            np.einsum("ph,ph->p", found.vectors[some[:, 0]], found.vectors[some[:, 1]])
            for some in np.split(own_places, range(_AT_ONCE, len(own_places), _AT_ONCE))
        ]
    )
    notes: dict[str, list[str]] = {}
    for pair in pairs:
        own = notes.setdefault(pair[0], [])
        for each in pair:
            share = found.unknown[places[each]]
            if share >= UNKNOWN_SHARE and not own:
                own.append(
                    _(
                        "{share:.0%} of “{text}” is unknown to {id}: do not trust its scores."
                    ).format(share=share, text=_short(each), id=model.id)
                )
        count = found.windows[places[pair[0]]]
        if count > 1:
            own.append(
                _("Read in {count} windows of {limit} tokens, which are averaged.").format(
                    count=count, limit=min(WINDOW, model.shape.max_tokens)
                )
            )
    return cosines, {text: " ".join(dict.fromkeys(own)) for text, own in notes.items()}


def asked(
    task: Task, model: LanguageModel, pairs: Pairs, progress: Progress, stop: Stop
) -> FloatArray:
    """What a language model answers of each pair, calibrated. (pair, word)"""
    from core.tasks.yes_no import WITHOUT_CONTENT, calibrated, word_probabilities

    if len(pairs) > ASKED_LIMIT:
        raise InputError(
            _(
                "A prompt is needed for each of {count:,} pairs and the limit is {limit:,}: use "
                "the built-in encoder, or fewer lines."
            ).format(count=len(pairs), limit=ASKED_LIMIT)
        )
    words = ("Yes", "Maybe", "No") if task.id == "entailment" else ("Yes", "No")
    empty = word_probabilities(model, [prompt_of(task, WITHOUT_CONTENT, WITHOUT_CONTENT)], words)
    found = word_probabilities(
        model,
        [prompt_of(task, *pair) for pair in pairs],
        words,
        progress=progress,
        stop=stop,
    )
    return calibrated(found, empty[0])


def prompt_of(task: Task, text: str, second: str) -> str:
    """What a language model is asked of one pair."""
    return task.template.replace("{{ text }}", text).replace("{{ second }}", second)


def tuned(
    model: LanguageModel, pairs: Pairs, progress: Progress, stop: Stop
) -> tuple[FloatArray, tuple[str, ...]]:
    """What a run says of each pair. (pair, label)"""
    from core.tuning.predicting import predict, task_of

    task = task_of(model)
    if task.kind != "pair":
        raise UnsupportedError(
            _("{id} learnt no pairs: choose a run of pairs.").format(id=model.id)
        )
    found = predict(
        model,
        [text for text, _second in pairs],
        [second for _text, second in pairs],
        progress=progress,
        stop=stop,
    )
    shares = np.full((len(pairs), len(task.label_names)), np.nan, dtype=np.float32)
    if len(found) == len(pairs):
        shares[:] = [each.probabilities[0] for each in found]
    return shares, task.label_names


def matching_label(names: Sequence[str]) -> int:
    """The place of the label that means a match; the last where no name says so."""
    folded = [name.casefold() for name in names]
    return next((folded.index(name) for name in YES if name in folded), len(names) - 1)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
