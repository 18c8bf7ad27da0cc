"""What the model of a run says of new texts: a class for each, or a tag for each of its words.

``predict`` takes one text or thousands, and gives a probability for every label. How good that is
on labelled rows is measured elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch

from core.errors import InputError, UnsupportedError
from core.language import _
from core.length_batches import length_batches
from core.tokens import check_text
from core.tuning.finetune.batches import Collator
from core.tuning.finetune.features import Features, featurize
from core.tuning.finetune.loss import predictions
from core.tuning.finetune.pattern import featurize_pattern
from core.tuning.finetune.task import TaskNetwork
from core.tuning.labelled.examples import Examples
from core.tuning.masking import IGNORED

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

FloatArray = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]
Stop = Callable[[], bool]

_WORD: Final = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:['’-][^\W_]+)*|\S")
"""A Chinese character, a word, or any other sign."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """What a model says of one text.

    ``parts`` are what has a label: the text itself, or its words; ``probabilities`` (part, label)
    sum to 1 in each row, and are NaN for words that were cut off.
    """

    label_names: tuple[str, ...]
    parts: tuple[str, ...]
    probabilities: FloatArray

    @property
    def labels(self) -> tuple[str, ...]:
        """The most probable label of each part; empty where it was cut off."""
        return tuple(
            "" if np.isnan(row[0]) else self.label_names[int(row.argmax())]
            for row in self.probabilities
        )

    @property
    def label(self) -> str:
        """The most probable label of the first part: of a text that is classified, its class."""
        return self.labels[0]


def predict(
    model: LanguageModel,
    texts: Sequence[str],
    seconds: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> tuple[Prediction, ...]:
    """What ``model``, loaded as ``run:RUN_ID``, says of each of ``texts``.

    ``seconds`` are the second texts where it learnt pairs. ``run:RUN_ID@0`` says what the network
    said before its first step. Where ``stop`` says so, the predictions made until then are given.
    Raises UnsupportedError for a model that learnt no labels, TextError for a text that cannot be
    read, InputError where the numbers of texts differ.
    """
    task = task_of(model)
    if not texts:
        return ()
    for text in (*texts, *seconds):
        check_text(text)
    if (len(seconds) != len(texts)) if task.kind == "pair" else bool(seconds):
        raise InputError(
            _("{count} texts came with {other} second texts: {wanted} are needed.").format(
                count=len(texts),
                other=len(seconds),
                wanted=len(texts) if task.kind == "pair" else 0,
            )
        )
    words = tuple(split_words(text) for text in texts) if task.kind == "tagging" else ()
    features = _features(task, texts, seconds, words)
    counts = [len(row) for row in words] or [1] * len(texts)
    rows: dict[int, FloatArray] = {}
    done = 0
    device = next(task.tuned.network.parameters()).device
    for batch in length_batches(features.lengths, device):
        for row, found in zip(batch, _probabilities(task, features, batch, counts), strict=True):
            rows[int(row)] = found
        done += len(batch)
        if progress is not None:
            progress(done, len(texts))
        if stop is not None and stop():
            break
    return tuple(
        Prediction(
            label_names=task.label_names,
            parts=words[row] if words else (texts[row],),
            probabilities=rows[row],
        )
        for row in range(len(texts))
        if row in rows
    )


def task_of(model: LanguageModel) -> TaskNetwork:
    """What gives classes in ``model``; UnsupportedError where it learnt none."""
    if model.task is None:
        raise UnsupportedError(
            _("{id} learnt no labels: choose a run of classification, pairs or tagging.").format(
                id=model.id
            )
        )
    return model.task


def split_words(text: str) -> tuple[str, ...]:
    """The words that are tagged: as they stand between spaces, punctuation apart.

    Chinese without spaces is tagged character by character.
    """
    return tuple(_WORD.findall(text))


def _features(
    task: TaskNetwork,
    texts: Sequence[str],
    seconds: Sequence[str],
    words: Sequence[tuple[str, ...]],
) -> Features:
    """The texts as a run would read them, with some label where one is asked for."""
    tuned = task.tuned
    if words:
        examples = Examples(
            kind="tagging",
            texts=tuple(" ".join(row) for row in words),
            words=tuple(words),
            tags=tuple(tuple(range(len(row))) for row in words),  # which tells words apart
            label_names=tuple(map(str, range(max(map(len, words))))),
        )
    else:
        examples = Examples(
            kind=task.kind,
            texts=tuple(texts),
            seconds=tuple(seconds),
            labels=(0,) * len(texts),
            label_names=task.label_names,
        )
    if task.pattern is not None:
        return featurize_pattern(
            examples, task.pattern, tuned.tokenizer, limit=tuned.limit, typed=tuned.typed
        )
    return featurize(examples, tuned.tokenizer, limit=tuned.limit, typed=tuned.typed)


def _probabilities(
    task: TaskNetwork,
    features: Features,
    rows: npt.NDArray[np.int64],
    counts: Sequence[int],
) -> Iterator[FloatArray]:
    """The probabilities of each row's parts, of which there are ``counts``. (part, label) each"""
    network = task.tuned.network
    device = next(network.parameters()).device
    collator = Collator(padding=int(task.tuned.tokenizer.pad_token_id), typed=task.tuned.typed)
    batch = collator.batch(features, rows, seed=(0,))
    batch = {name: tensor.to(device) for name, tensor in batch.items()}
    labels = batch.pop("labels")
    choices = () if task.pattern is None else task.pattern.word_ids
    with torch.inference_mode():
        logits, asked = predictions(
            network(**batch).logits, labels, shifted=features.shifted, choices=choices
        )
        found: FloatArray = torch.softmax(logits, dim=-1).cpu().numpy()  # (predicted, label)
    if task.kind != "tagging":
        yield from found[:, None]
        return
    numbers = asked.cpu().numpy()
    start = 0
    for row in rows:
        marks = features.row(int(row))[2]
        count = int((marks != IGNORED).sum())
        own = np.full((counts[int(row)], len(task.label_names)), np.nan, dtype=np.float32)
        own[numbers[start : start + count]] = found[start : start + count]
        yield own
        start += count
