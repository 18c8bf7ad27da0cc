"""The predictions of a run that were furthest off, with the text around them.

Those of the highest loss: a label, a tag or a token that the model held for least likely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from transformers import PreTrainedTokenizerFast

from core.tuning.labelled.examples import LABELLED, Examples
from core.tuning.masking import IGNORED
from core.tuning.outcome.outcome import Mistake
from core.tuning.outcome.predictions import Predictions

if TYPE_CHECKING:
    from core.tuning.finetune.features import Features

KEPT: Final = 100
_AROUND: Final = 16  # tokens, or words, on each side


def worst_mistakes(
    found: Predictions, features: Features, examples: Examples, tokenizer: PreTrainedTokenizerFast
) -> tuple[Mistake, ...]:
    """The ``KEPT`` predictions of the highest loss, the worst first; of equals the earlier row.

    ``features`` are the rows of ``examples`` that were predicted.
    """
    order = np.lexsort((found.places, found.rows, -found.losses))[:KEPT]
    describe = _describer(features, examples, tokenizer)
    return tuple(_mistakes(found, [int(place) for place in order], describe))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Described:
    """The text of a prediction, and the names of its labels."""

    row: int
    text: str
    second: str = ""
    before: str = ""
    after: str = ""
    names: Callable[[int], str]


def _mistakes(
    found: Predictions, chosen: Sequence[int], describe: Callable[[int, int], _Described]
) -> Iterator[Mistake]:
    for place in chosen:
        told = describe(int(found.rows[place]), int(found.places[place]))
        loss = float(found.losses[place])
        yield Mistake(
            row=told.row,
            text=told.text,
            second=told.second,
            before=told.before,
            after=told.after,
            expected=told.names(int(found.labels[place])),
            probability=float(np.exp(-loss)),
            predicted=told.names(int(found.first[place])),
            predicted_probability=float(found.shares[place]),
            loss=loss,
        )


def _describer(
    features: Features, examples: Examples, tokenizer: PreTrainedTokenizerFast
) -> Callable[[int, int], _Described]:
    """What tells of a row and a place in it what stands there."""
    labels = examples.label_names
    whole = len(features) == len(examples)

    def source(row: int) -> int:
        return examples.rows[row] if whole and examples.rows else 0

    def classified(row: int, _place: int) -> _Described:
        second = examples.seconds[row] if examples.seconds else ""
        text = examples.texts[row]
        return _Described(row=source(row), text=text, second=second, names=labels.__getitem__)

    def tagged(row: int, place: int) -> _Described:
        from core.tuning.finetune.features import words_asked  # which knows outcomes

        words = examples.words[row]
        ids, _types, tags = features.row(row)
        asked = np.flatnonzero(tags != IGNORED)
        numbers = words_asked(words, tokenizer, len(ids))
        word = numbers[int(np.searchsorted(asked, place))]
        return _Described(
            row=source(row),
            text=words[word],
            before=" ".join(words[max(0, word - _AROUND) : word]),
            after=" ".join(words[word + 1 : word + 1 + _AROUND]),
            names=labels.__getitem__,
        )

    def token(number: int) -> str:
        shown = str(tokenizer.decode([number])).strip()
        return shown or str(tokenizer.convert_ids_to_tokens(number))

    def written(row: int, place: int) -> _Described:
        ids = [int(number) for number in features.row(row)[0]]
        before = ids[max(0, place - _AROUND) : place]
        after = ids[place + 1 : place + 1 + _AROUND]
        return _Described(
            row=source(row),
            text=token(ids[place]),
            before=tokenizer.decode(before, skip_special_tokens=True),
            after=tokenizer.decode(after, skip_special_tokens=True),
            names=token,
        )

    if examples.kind in LABELLED:
        return classified
    return tagged if examples.kind == "tagging" else written
