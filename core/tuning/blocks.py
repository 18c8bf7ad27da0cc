"""Documents as token numbers: blocks of one length without padding, and sentences for pairs.

Which row is trained on when is decided in ``batches.py``; nothing is masked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from transformers import PreTrainedTokenizerFast

from core.tuning.documents import Document
from core.tuning.masking import Ids, Vocabulary

_AT_ONCE: Final = 2000  # sentences per call of the tokenizer
_NO_LIMIT: Final = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceBank:
    """The sentences of running texts, end to end, and where each and each document begins.

    ``tokens`` (token,); sentence i is ``tokens[starts[i]:starts[i + 1]]``; document d has the
    sentences ``firsts[d]`` to ``firsts[d + 1]``; ``sources`` holds a number for each document.
    """

    tokens: Ids
    starts: Ids
    firsts: Ids
    sources: Ids
    source_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTexts:
    """What a run reads: blocks (row, token), the source of each, and sentences for pairs."""

    blocks: Ids
    block_sources: npt.NDArray[np.int64]
    sentences: SentenceBank
    source_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The tokens around a block, and the one after each running text."""

    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    between: int


def vocabulary_of(tokenizer: PreTrainedTokenizerFast) -> Vocabulary:
    """What the masking rule must know of ``tokenizer``."""
    special = frozenset(tokenizer.all_special_ids)
    ordinary = [
        number
        for piece, number in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
        if number not in special and not piece.startswith("[unused")
    ]
    return Vocabulary(
        mask_id=int(tokenizer.mask_token_id),
        special_ids=special,
        ordinary_ids=np.array(ordinary, dtype=np.int64),
    )


def bert_frame(tokenizer: PreTrainedTokenizerFast) -> Frame:
    """How BERT writes a block: [CLS] before it, [SEP] after it and between two texts."""
    start, end = int(tokenizer.cls_token_id), int(tokenizer.sep_token_id)
    return Frame(before=(start,), after=(end,), between=end)


def tokenize(
    documents: Sequence[Document],
    tokenizer: PreTrainedTokenizerFast,
    *,
    block_tokens: int,
    seed: int,
    frame: Frame | None = None,
) -> TokenTexts:
    """Tokenize ``documents`` and lay them out for training or for evaluation.

    The documents of each source are shuffled and laid end to end, with a token of the ``frame``
    after each running text, and cut into blocks. Without a frame a block stands between [CLS] and
    [SEP], and [SEP] parts the texts. What is left of a source at the end is dropped.
    """
    frame = frame or bert_frame(tokenizer)
    names = tuple(sorted({document.source for document in documents}))
    blocks: list[Ids] = []
    sources: list[int] = []
    running: list[tuple[int, list[Ids]]] = []
    for place, name in enumerate(names):
        own = [document for document in documents if document.source == name]
        order = np.random.default_rng((seed, 2000 + place)).permutation(len(own))
        own = [own[number] for number in order]
        encoded = list(_sentences(own, tokenizer))
        packed = _pack(own, encoded, frame, block_tokens)
        blocks.append(packed)
        sources += [place] * len(packed)
        running += [
            (place, rows) for document, rows in zip(own, encoded, strict=True) if document.running
        ]
    return TokenTexts(
        blocks=np.concatenate(blocks),
        block_sources=np.array(sources, dtype=np.int64),
        sentences=_bank(running, names),
        source_names=names,
    )


def _sentences(
    documents: Sequence[Document], tokenizer: PreTrainedTokenizerFast
) -> Iterator[list[Ids]]:
    """The tokens of each sentence of each document."""
    flat = [sentence for document in documents for sentence in document.sentences]
    rows: list[Ids] = []
    for start in range(0, len(flat), _AT_ONCE):
        found = tokenizer(
            flat[start : start + _AT_ONCE],
            add_special_tokens=False,
            return_attention_mask=False,
            return_token_type_ids=False,
            max_length=_NO_LIMIT,
            truncation=True,
        )["input_ids"]
        rows += [np.array(row, dtype=np.int64) for row in found]
    start = 0
    for document in documents:
        yield rows[start : start + len(document.sentences)]
        start += len(document.sentences)


def _pack(
    documents: Sequence[Document],
    encoded: Sequence[list[Ids]],
    frame: Frame,
    block_tokens: int,
) -> Ids:
    end = np.array([frame.between], dtype=np.int64)
    parts: list[Ids] = []
    for document, rows in zip(documents, encoded, strict=True):
        parts += rows
        if document.running:
            parts.append(end)
    stream = np.concatenate(parts)
    first, last = len(frame.before), block_tokens - len(frame.after)
    inner = last - first
    count = len(stream) // inner
    blocks = np.empty((count, block_tokens), dtype=np.int64)  # (row, token)
    blocks[:, :first], blocks[:, last:] = frame.before, frame.after
    blocks[:, first:last] = stream[: count * inner].reshape(count, inner)
    return blocks


def _bank(running: Sequence[tuple[int, list[Ids]]], names: tuple[str, ...]) -> SentenceBank:
    documents = [(place, [row for row in rows if len(row)]) for place, rows in running]
    documents = [(place, rows) for place, rows in documents if len(rows) >= 2]
    flat = [row for _place, rows in documents for row in rows]
    empty = np.zeros(0, dtype=np.int64)
    return SentenceBank(
        tokens=np.concatenate(flat) if flat else empty,
        starts=np.cumsum([0, *(len(row) for row in flat)], dtype=np.int64),
        firsts=np.cumsum([0, *(len(rows) for _place, rows in documents)], dtype=np.int64),
        sources=np.array([place for place, _rows in documents], dtype=np.int64),
        source_names=names,
    )
