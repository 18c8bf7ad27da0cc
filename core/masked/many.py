"""The masks of many sentences at once: batches of similar length, the head at the masks only.

A sentence that cannot be read gets a sentence of its own saying why, and stops no other. Where the
sentences come from, and what becomes of the table, is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd
import torch

from core.distribution import TokenNames, check_top_k, normalised
from core.errors import InputError
from core.jobs import Progress, Stop
from core.language import _
from core.masked.masks import mask_positions, needs_masked, read_masks
from core.masked.prediction import MaskPrediction, prediction
from core.masked.variants import batches, padded_inputs
from core.prediction import logits_at
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

SENTENCE_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SentencePrediction:
    """One sentence: what stands behind its masks, or ``problem``, a sentence on why that is not
    known. Neither where the work was stopped before."""

    text: str
    predictions: tuple[MaskPrediction, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyPredictions:
    """All sentences, in the order in which they were given."""

    sentences: tuple[SentencePrediction, ...]
    complete: bool

    @property
    def table(self) -> pd.DataFrame:
        """A row per mask: sentence (from 1), text, mask (from 1), word_1, probability_1, word_2 …

        A sentence with a problem has one row, and the problem in the last column.
        """
        rows: list[dict[str, object]] = []
        for number, sentence in enumerate(self.sentences, 1):
            start: dict[str, object] = {"sentence": number, "text": sentence.text}
            for mask, found in enumerate(sentence.predictions, 1):
                row = start | {"mask": mask}
                for rank, text in enumerate(found.texts):
                    row[f"word_{rank + 1}"] = text.strip()
                    row[f"probability_{rank + 1}"] = float(found.probabilities[rank])
                rows.append(row)
            if not sentence.predictions:
                rows.append(start)
            rows[-1]["problem"] = sentence.problem
        table = pd.DataFrame(rows)
        return table[[*(name for name in table.columns if name != "problem"), "problem"]]


def predict_many(
    model: LanguageModel,
    texts: Sequence[str],
    *,
    top_k: int = 5,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> ManyPredictions:
    """The ``top_k`` tokens behind every mask of up to 1,000 ``texts``, as ``predict_masks``.

    ``stop`` ends early, with what there is. Raises InputError for no text or too many,
    UnsupportedError for a model that is not masked; what is wrong with one text is told in its row.
    """
    needs_masked(model)
    check_top_k(top_k)
    if not 0 < len(texts) <= SENTENCE_LIMIT:
        raise InputError(
            _("There are {count:,} sentences: give at least 1 and at most {limit:,}.").format(
                count=len(texts), limit=SENTENCE_LIMIT
            )
        )
    found = [_read(model, text) for text in texts]
    readable = [number for number, one in enumerate(found) if isinstance(one, Tokens)]
    rows = [one for one in found if isinstance(one, Tokens)]
    answers: list[SentencePrediction] = [
        SentencePrediction(text=text, problem=one if isinstance(one, str) else None)
        for text, one in zip(texts, found, strict=True)
    ]
    names, done, complete = TokenNames(model), len(texts) - len(rows), True
    for batch in batches(model, rows):
        if stop is not None and stop():
            complete = False
            break
        predicted = _predict(model, [rows[number] for number in batch], top_k, names)
        for number, predictions in zip(batch, predicted, strict=True):
            place = readable[number]
            answers[place] = SentencePrediction(text=texts[place], predictions=predictions)
        done += len(batch)
        if progress is not None:
            progress(done, len(texts))
    return ManyPredictions(sentences=tuple(answers), complete=complete)


def _read(model: LanguageModel, text: str) -> Tokens | str:
    """The tokens of ``text``, or what is wrong with it."""
    try:
        tokens = read_masks(model, text)
        mask_positions(model, tokens)
    except InputError as error:
        return str(error)
    if tokens.cut is not None:
        return _("Too long: {total:,} tokens, the model reads {limit:,}.").format(
            total=tokens.cut.total, limit=tokens.cut.limit
        )
    return tokens


def _predict(
    model: LanguageModel, rows: Sequence[Tokens], top_k: int, names: TokenNames
) -> list[tuple[MaskPrediction, ...]]:
    """The predictions of each of ``rows``, read together."""
    masks = [mask_positions(model, row) for row in rows]
    most = max(map(len, masks))
    # A row with fewer masks asks for its last one again.
    places = torch.tensor([(*own, *own[-1:] * (most - len(own))) for own in masks])  # (row, mask)
    scores = normalised(logits_at(model.network, padded_inputs(model, rows), places))
    return [
        tuple(
            prediction(position, scores[row, number], top_k, names)
            for number, position in enumerate(own)
        )
        for row, own in enumerate(masks)
    ]
