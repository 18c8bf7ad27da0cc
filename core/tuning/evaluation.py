"""How good a masked model is on texts it never saw: masked tokens, and pairs of sentences.

The rows and what is masked in them follow from a seed, so that every checkpoint answers the same
questions. Works on any ``BertForPreTraining``, trained here or loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BertForPreTraining, PreTrainedTokenizerFast

from core.tuning.batches import pair_marks, tensors
from core.tuning.blocks import TokenTexts, vocabulary_of
from core.tuning.masking import Ids, MaskingRule, mask_rows
from core.tuning.pairs import PairRows, draw_pairs

_ROWS: Final = 32
_EVALUATION: Final = 900_000  # apart from every seed of training


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedScore:
    """Top-1 accuracy and mean −log p (in nats) over ``count`` chosen tokens."""

    accuracy: float
    loss: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairScore:
    """The share of pairs whose more probable label is the right one."""

    accuracy: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutScore:
    """Both heads on held-out texts, in all and by source."""

    masked: MaskedScore
    pairs: PairScore
    single_pairs: PairScore
    """Pairs of one sentence each, where ``pairs`` go on as far as the tokens reach."""
    masked_by_source: dict[str, MaskedScore] = field(default_factory=dict)
    pairs_by_source: dict[str, PairScore] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def score_held_out(
    network: BertForPreTraining,
    texts: TokenTexts,
    tokenizer: PreTrainedTokenizerFast,
    *,
    rule: MaskingRule,
    blocks: int,
    pairs: int,
    pair_tokens: int,
    seed: int,
) -> HeldOutScore:
    """Score up to ``blocks`` blocks, drawn evenly over all, and ``pairs`` pairs of each sort."""
    training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            masked = _masked(network, texts, tokenizer, rule, blocks, seed)
            paired, single = (
                _paired(network, texts, tokenizer, pairs, pair_tokens, seed, with_context=share)
                for share in (1.0, 0.0)
            )
    finally:
        network.train(training)
    names = texts.source_names
    return HeldOutScore(
        masked=_masked_score(masked),
        pairs=_pair_score(paired),
        single_pairs=_pair_score(single),
        masked_by_source={
            name: _masked_score(masked[masked[:, 0] == place]) for place, name in enumerate(names)
        },
        pairs_by_source={
            name: _pair_score(paired[paired[:, 0] == place])
            for place, name in enumerate(names)
            if (paired[:, 0] == place).any()
        },
    )


def same_choices(
    one: BertForPreTraining,
    other: BertForPreTraining,
    texts: TokenTexts,
    tokenizer: PreTrainedTokenizerFast,
    *,
    rule: MaskingRule,
    blocks: int,
    seed: int,
) -> float:
    """The share of chosen tokens for which both networks have the same first choice."""
    with torch.inference_mode():
        both = [_choices(each, texts, tokenizer, rule, blocks, seed) for each in (one, other)]
    return float((both[0] == both[1]).mean())


def _masked(
    network: BertForPreTraining,
    texts: TokenTexts,
    tokenizer: PreTrainedTokenizerFast,
    rule: MaskingRule,
    blocks: int,
    seed: int,
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Source, hit and loss of each chosen token. (chosen, 3)"""
    found = []
    for sources, labels, logits in _answers(network, texts, tokenizer, rule, blocks, seed):
        losses = nn.functional.cross_entropy(logits, labels, reduction="none")
        hits = logits.argmax(-1) == labels
        found.append(np.stack([sources, hits.numpy(), losses.numpy()], axis=1))
    return np.concatenate(found).astype(np.float64)


def _choices(
    network: BertForPreTraining,
    texts: TokenTexts,
    tokenizer: PreTrainedTokenizerFast,
    rule: MaskingRule,
    blocks: int,
    seed: int,
) -> Ids:
    answers = _answers(network, texts, tokenizer, rule, blocks, seed)
    return np.concatenate([logits.argmax(-1).numpy() for _sources, _labels, logits in answers])


def _answers(
    network: BertForPreTraining,
    texts: TokenTexts,
    tokenizer: PreTrainedTokenizerFast,
    rule: MaskingRule,
    blocks: int,
    seed: int,
) -> Iterator[tuple[Ids, Tensor, Tensor]]:
    """Source, original token and logits (chosen, vocab) of each chosen token, by batches."""
    rows = _spread(len(texts.blocks), blocks)
    vocabulary = vocabulary_of(tokenizer)
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        ids = texts.blocks[some]
        masked = mask_rows(ids, rule=rule, vocabulary=vocabulary, seed=(_EVALUATION + seed, start))
        batch = tensors(masked)
        hidden = network.bert(input_ids=batch["input_ids"]).last_hidden_state
        logits = network.cls.predictions(hidden.flatten(0, 1)[batch["positions"]]).float()
        sources = texts.block_sources[some][batch["positions"].numpy() // ids.shape[1]]
        yield sources, batch["labels"], logits


def _paired(
    network: BertForPreTraining,
    texts: TokenTexts,
    tokenizer: PreTrainedTokenizerFast,
    pairs: int,
    pair_tokens: int,
    seed: int,
    *,
    with_context: float,
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Source and hit of each pair. (pair, 2)"""
    found = []
    for batch in held_out_pairs(
        texts,
        tokenizer,
        pairs=pairs,
        tokens=pair_tokens,
        seed=seed,
        with_context=with_context,
    ):
        pooled = network.bert(
            input_ids=torch.from_numpy(batch.input_ids),
            attention_mask=torch.from_numpy(batch.attention_mask),
            token_type_ids=torch.from_numpy(batch.token_type_ids),
        ).pooler_output
        answers = network.cls.seq_relationship(pooled).argmax(-1).numpy()  # (row,)
        found.append(np.stack([batch.sources, answers == batch.labels], axis=1))
    return np.concatenate(found).astype(np.float64)


def held_out_pairs(
    texts: TokenTexts,
    tokenizer: PreTrainedTokenizerFast,
    *,
    pairs: int,
    tokens: int,
    seed: int,
    with_context: float,
) -> Iterator[PairRows]:
    """The pairs that are scored, some at a time."""
    marks = pair_marks(tokenizer)
    for start in range(0, pairs, _ROWS):
        yield draw_pairs(
            texts.sentences,
            marks,
            rows=min(_ROWS, pairs - start),
            tokens=tokens,
            seed=(_EVALUATION + seed, 1, start),
            with_context=with_context,
        )


def _spread(count: int, wanted: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.unique(np.linspace(0, count - 1, min(count, wanted)).round().astype(np.int64))


def _masked_score(rows: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> MaskedScore:
    means = rows.mean(axis=0) if len(rows) else np.full(3, np.nan)
    return MaskedScore(accuracy=float(means[1]), loss=float(means[2]), count=len(rows))


def _pair_score(rows: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> PairScore:
    accuracy = float(rows[:, 1].mean()) if len(rows) else float("nan")
    return PairScore(accuracy=accuracy, count=len(rows))
