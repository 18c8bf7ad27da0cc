"""Examples as token numbers: one row for each, with what is to be predicted.

Rows lie end to end, so that a large set takes four bytes a token. How rows become batches is
decided in ``batches.py``; masked words are chosen there, since every pass chooses others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from transformers import BatchEncoding, PreTrainedTokenizerFast

from core.tuning.labelled.examples import Examples
from core.tuning.masking import IGNORED

Numbers = npt.NDArray[np.int32]
Part = Sequence[int] | Numbers
Row = tuple[Part, Part, Part]
"""Token numbers, segments (empty where there are none) and labels of one row."""
_AT_ONCE: Final = 1000  # texts per call of the tokenizer


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Rows of tokens end to end: row i is ``ids[starts[i]:starts[i + 1]]``, ``types`` likewise.

    ``labels`` holds a class for each row, or, where ``by_token``, a number for each token, −100
    where nothing is predicted. ``shifted`` says that a token is predicted from those before it.
    """

    ids: Numbers
    types: Numbers
    labels: Numbers
    starts: npt.NDArray[np.int64]
    by_token: bool
    shifted: bool = False

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """The tokens of each row. (row,)"""
        return np.diff(self.starts)

    def row(self, number: int) -> tuple[Numbers, Numbers, Numbers]:
        """Token numbers, segments and labels of one row; its label alone where not by token."""
        part = slice(self.starts[number], self.starts[number + 1])
        labels = self.labels[part] if self.by_token else self.labels[number : number + 1]
        return self.ids[part], self.types[part], labels

    def some(self, numbers: Sequence[int]) -> Features:
        """The rows ``numbers`` alone, in this order."""
        return gather(
            (self.row(number) for number in numbers),
            typed=len(self.types) > 0,
            by_token=self.by_token,
            shifted=self.shifted,
        )


def featurize(
    examples: Examples, tokenizer: PreTrainedTokenizerFast, *, limit: int, typed: bool
) -> Features:
    """The rows of ``examples``, each at most ``limit`` tokens; ``typed`` where segments are read.

    A classified text is cut at the limit; a long text to be learnt from makes several rows; of a
    prompt with its completion the beginning is cut.
    """
    if examples.kind in ("classification", "pair"):
        rows = _classified(examples, tokenizer, limit)
    elif examples.kind == "tagging":
        rows = _tagged(examples, tokenizer, limit)
    elif examples.kind == "completion":
        rows = _completed(examples, tokenizer, limit)
    elif examples.kind == "causal":
        rows = _continued(examples, tokenizer, limit)
    else:
        rows = _to_be_masked(examples, tokenizer, limit)
    return gather(
        rows,
        typed=typed,
        by_token=examples.kind not in ("classification", "pair"),
        shifted=examples.kind in ("causal", "completion"),
    )


def gather(rows: Iterator[Row], *, typed: bool, by_token: bool, shifted: bool = False) -> Features:
    """Rows laid end to end."""
    ids: list[Numbers] = []
    types: list[Numbers] = []
    labels: list[Numbers] = []
    for row_ids, row_types, row_labels in rows:
        ids.append(np.array(row_ids, dtype=np.int32))
        labels.append(np.array(row_labels, dtype=np.int32))
        if typed:
            known = len(row_types) == len(row_ids)
            types.append(np.array(row_types if known else [0] * len(row_ids), dtype=np.int32))
    return Features(
        ids=_joined(ids),
        types=_joined(types),
        labels=_joined(labels),
        starts=np.cumsum([0, *(len(row) for row in ids)], dtype=np.int64),
        by_token=by_token,
        shifted=shifted,
    )


def _joined(parts: list[Numbers]) -> Numbers:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)


def _classified(
    examples: Examples, tokenizer: PreTrainedTokenizerFast, limit: int
) -> Iterator[Row]:
    for start, found in _encoded(examples.texts, examples.seconds, tokenizer, limit):
        types = found.get("token_type_ids") or [[]] * len(found["input_ids"])
        for number, (ids, segments) in enumerate(zip(found["input_ids"], types, strict=True)):
            yield ids, segments, [examples.labels[start + number]]


def _tagged(examples: Examples, tokenizer: PreTrainedTokenizerFast, limit: int) -> Iterator[Row]:
    """The tag of a word stands at its first token."""
    texts = [" ".join(words) for words in examples.words]
    for start, found in _encoded(texts, (), tokenizer, limit):
        for number, ids in enumerate(found["input_ids"]):
            labels = [IGNORED] * len(ids)
            begin = 0
            words = examples.words[start + number]
            for word, tag in zip(words, examples.tags[start + number], strict=True):
                place = found.char_to_token(number, begin) if word else None
                if place is not None and labels[place] == IGNORED:
                    labels[place] = tag
                begin += len(word) + 1
            yield ids, [], labels


def words_asked(
    words: Sequence[str], tokenizer: PreTrainedTokenizerFast, limit: int
) -> tuple[int, ...]:
    """Which of ``words`` are tagged, by number: one without a token of its own is not, nor what
    ``limit`` cuts off."""
    numbers = tuple(range(len(words)))
    marked = Examples(
        kind="tagging",
        texts=(" ".join(words),),
        words=(tuple(words),),
        tags=(numbers,),
        label_names=tuple(map(str, numbers)),
    )
    _ids, _types, labels = next(_tagged(marked, tokenizer, limit))
    return tuple(int(label) for label in labels if label != IGNORED)


def _completed(examples: Examples, tokenizer: PreTrainedTokenizerFast, limit: int) -> Iterator[Row]:
    """Only the completion, with the closing token after it, is predicted."""
    prompts = [_with_space(*both) for both in zip(examples.texts, examples.seconds, strict=True)]
    whole = [one + two for one, two in zip(prompts, examples.seconds, strict=True)]
    end = _closing(tokenizer)
    for start, found in _encoded(whole, (), tokenizer, None, offsets=True):
        for number, ids in enumerate(found["input_ids"]):
            border = len(prompts[start + number].rstrip())
            labels = [
                id_ if last > first and last > border else IGNORED
                for id_, (first, last) in zip(ids, found["offset_mapping"][number], strict=True)
            ]
            if ids[-1:] != end:
                ids, labels = ids + end, labels + end
            yield _first_ignored(ids[-limit:], labels[-limit:])


def _with_space(prompt: str, completion: str) -> str:
    joined = not prompt or prompt[-1].isspace() or completion[:1].isspace()
    return prompt if joined else f"{prompt} "


def _continued(examples: Examples, tokenizer: PreTrainedTokenizerFast, limit: int) -> Iterator[Row]:
    """Every token but the first is predicted, the closing one too."""
    end = _closing(tokenizer)
    for _start, found in _encoded(examples.texts, (), tokenizer, limit - 1, pieces=True):
        owners = [*found["overflow_to_sample_mapping"], None]
        for number, ids in enumerate(found["input_ids"]):
            last = owners[number] != owners[number + 1]
            row = ids + end if last and ids[-1:] != end else ids
            if len(row) > 1:
                yield _first_ignored(row, row)


def _to_be_masked(
    examples: Examples, tokenizer: PreTrainedTokenizerFast, limit: int
) -> Iterator[Row]:
    for _start, found in _encoded(examples.texts, (), tokenizer, limit, pieces=True):
        for ids in found["input_ids"]:
            yield ids, [], [IGNORED] * len(ids)


def _first_ignored(ids: Sequence[int], labels: Sequence[int]) -> Row:
    """Nothing predicts a first token, and nobody may count it."""
    return ids, [], [IGNORED, *labels[1:]]


def _closing(tokenizer: PreTrainedTokenizerFast) -> list[int]:
    return [] if tokenizer.eos_token_id is None else [int(tokenizer.eos_token_id)]


def _encoded(
    texts: Sequence[str],
    seconds: Sequence[str],
    tokenizer: PreTrainedTokenizerFast,
    limit: int | None,
    *,
    pieces: bool = False,
    offsets: bool = False,
) -> Iterator[tuple[int, BatchEncoding]]:
    """The texts' tokens, some at a time, with the number of the first of them."""
    for start in range(0, len(texts), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        yield (
            start,
            tokenizer(
                list(texts[some]),
                list(seconds[some]) or None,
                truncation=limit is not None,
                max_length=limit,
                padding=False,
                return_overflowing_tokens=pieces,
                return_offsets_mapping=offsets,
                return_token_type_ids=bool(seconds),
                return_attention_mask=False,
                verbose=False,
            ),
        )
