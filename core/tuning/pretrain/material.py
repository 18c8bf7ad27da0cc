"""What a run reads, as tokens: training and held-out texts, and the tokenizer made from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from transformers import PreTrainedTokenizerFast

from core.catalogue import Progress
from core.errors import InputError
from core.language import _
from core.tuning.blocks import Frame, TokenTexts, tokenize
from core.tuning.data import TextSplit, read_documents, split_documents
from core.tuning.documents import Document
from core.tuning.masking import Ids
from core.tuning.pretrain.numbers import number_pairs
from core.tuning.pretrain.spec import NUMBERS, PretrainSpec
from core.tuning.pretrain.tokenizers import kept_tokenizer
from core.tuning.pretrain.uploaded import read_pairs, read_upload

TOKENIZER: Final = "tokenizer"
LEAST_ROWS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTexts:
    """Texts and what is to be made of them, as token numbers."""

    sources: tuple[Ids, ...]
    targets: tuple[Ids, ...]

    def __len__(self) -> int:
        return len(self.sources)


Texts = TokenTexts | PairTexts


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Both sets of texts as tokens; ``documents`` and ``repeats`` count texts."""

    tokenizer: PreTrainedTokenizerFast
    train: Texts
    held_out: Texts
    documents: int
    held_out_documents: int
    repeats: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPairs:
    """Pairs of texts to train on and to measure on."""

    train: tuple[tuple[str, str], ...]
    held_out: tuple[tuple[str, str], ...]


def read_material(
    spec: PretrainSpec, folder: Path, progress: Callable[[float, str], None]
) -> Material:
    """The texts of ``spec`` as tokens; the tokenizer lies in ``folder``, or is put there.

    Raises InputError where the texts are too few or too short.
    """
    if spec.objective == "seq2seq":
        return _pairs(spec, folder, progress)
    progress(0.0, _("Reading the texts"))
    split = read_split(spec, progress)
    progress(0.5, _("Making a tokenizer"))
    joined = [document.text for document in split.train]
    tokenizer = kept_tokenizer(spec, joined, folder / TOKENIZER)
    progress(0.7, _("Cutting the texts into tokens"))
    both = []
    for documents in (split.train, split.held_out):
        whole = [_whole(each) for each in documents] if spec.objective == "causal" else documents
        both.append(
            tokenize(
                whole,
                tokenizer,
                block_tokens=spec.block,
                seed=spec.seed,
                frame=_frame(spec, tokenizer),
            )
        )
    for texts in both:
        _check_rows(spec, texts)
    return Material(
        tokenizer=tokenizer,
        train=both[0],
        held_out=both[1],
        documents=len(split.train),
        held_out_documents=len(split.held_out),
        repeats=split.repeats,
    )


def read_split(spec: PretrainSpec, progress: Progress | None = None) -> TextSplit:
    """The documents of ``spec``, without repeats, and those held out."""
    if spec.file:
        documents = read_upload(spec.file, spec.column)
    else:
        documents = read_documents(spec.texts, seed=spec.seed, progress=progress)
    if len(documents) < LEAST_ROWS:
        raise InputError(
            _("There is only one text: give at least two, with a blank line between them.")
        )
    return split_documents(documents, held_out=spec.held_out, seed=spec.seed)


def read_text_pairs(spec: PretrainSpec) -> TextPairs:
    """The pairs of texts of ``spec``, in an order that the seed decides, and those held out."""
    if [each.dataset for each in spec.texts] == [NUMBERS]:
        train, held_out = number_pairs(spec.held_out, seed=spec.seed)
        share = spec.texts[0].share
        return TextPairs(train=train[: max(1, round(share * len(train)))], held_out=held_out)
    pairs = read_pairs(spec.file, spec.column, spec.second)
    if len(pairs) < LEAST_ROWS:
        raise InputError(_("There are not two pairs of texts to learn from: give more rows."))
    order = np.random.default_rng((spec.seed, 4)).permutation(len(pairs))
    kept_out = max(1, round(spec.held_out * len(pairs)))
    shuffled = [pairs[number] for number in order]
    return TextPairs(train=tuple(shuffled[kept_out:]), held_out=tuple(shuffled[:kept_out]))


def _pairs(spec: PretrainSpec, folder: Path, progress: Callable[[float, str], None]) -> Material:
    progress(0.0, _("Reading the texts"))
    split = read_text_pairs(spec)
    progress(0.5, _("Making a tokenizer"))
    every = [text for pair in split.train for text in pair]
    tokenizer = kept_tokenizer(spec, every, folder / TOKENIZER)
    progress(0.7, _("Cutting the texts into tokens"))
    return Material(
        tokenizer=tokenizer,
        train=_tokens_of_pairs(split.train, tokenizer, spec.block),
        held_out=_tokens_of_pairs(split.held_out, tokenizer, spec.block),
        documents=len(split.train),
        held_out_documents=len(split.held_out),
    )


def _tokens_of_pairs(
    pairs: Sequence[tuple[str, str]], tokenizer: PreTrainedTokenizerFast, limit: int
) -> PairTexts:
    """Each text cut at the limit, with the token that ends it."""
    columns = [tuple(_rows(column, tokenizer, limit)) for column in zip(*pairs, strict=True)]
    return PairTexts(sources=columns[0], targets=columns[1])


_AT_ONCE: Final = 2_000


def _rows(texts: Sequence[str], tokenizer: PreTrainedTokenizerFast, limit: int) -> Iterator[Ids]:
    for start in range(0, len(texts), _AT_ONCE):
        found = tokenizer(list(texts[start : start + _AT_ONCE]), max_length=limit, truncation=True)[
            "input_ids"
        ]
        yield from (np.array(row, dtype=np.int64) for row in found)


def _whole(document: Document) -> Document:
    """One piece of text: what follows a sentence is learnt with the space between them."""
    return replace(document, sentences=(document.text,), running=True)


def _frame(spec: PretrainSpec, tokenizer: PreTrainedTokenizerFast) -> Frame | None:
    if spec.objective == "masked":
        return None
    return Frame(between=int(tokenizer.eos_token_id))


def _check_rows(spec: PretrainSpec, texts: TokenTexts) -> None:
    """Raise InputError where there is not a row to train on, or no two sentences to pair."""
    if not len(texts.blocks):
        raise InputError(
            _(
                "The texts are too short for rows of {block} tokens: give more text, or lower "
                "block to {less}."
            ).format(block=spec.block, less=max(8, spec.block // 4))
        )
    if spec.objective == "masked" and len(texts.sentences.firsts) < LEAST_ROWS + 1:
        raise InputError(
            _(
                "Next sentences need texts of two sentences and more, at least two of them: give "
                "longer texts, or predict the next token."
            )
        )
