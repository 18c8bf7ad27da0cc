"""Which rows are trained on at which step: batch k follows from the seed and k alone.

So a run that is stopped and resumed, or prolonged, reads the same rows as one that was not. A run
that starts where earlier ones ended counts their steps too and reads other rows than they did.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerFast

from core.tuning.blocks import TokenTexts, vocabulary_of
from core.tuning.masking import IGNORED, Ids, MaskedRows, MaskingRule, mask_rows
from core.tuning.pairs import PairMarks, PairRows, draw_pairs
from core.tuning.spec import MaskedSpec

Batch = dict[str, Tensor]


class TrainingBatches(Dataset[Batch]):
    """The batches of a run by step: blocks of text, and every n-th time pairs of sentences."""

    def __init__(
        self, spec: MaskedSpec, texts: TokenTexts, tokenizer: PreTrainedTokenizerFast
    ) -> None:
        self._spec, self._texts = spec, texts
        self._vocabulary = vocabulary_of(tokenizer)
        self._marks = pair_marks(tokenizer)
        self._order = lru_cache(maxsize=2)(self._order_of)

    def __len__(self) -> int:
        return self._spec.schedule.steps

    def __getitem__(self, step: int) -> Batch:
        """The batch of ``step``, masked. Raises IndexError past the last."""
        if not 0 <= step < len(self):
            raise IndexError(step)
        pairs = self._pairs_before(step)
        if self._pairs_before(step + 1) > pairs:
            return self._pairs(step)
        return self._blocks(step, self._spec.earlier_steps + step - pairs)

    def tokens_read(self) -> int:
        """The tokens of all batches, without padding."""
        read = 0
        for step in range(len(self)):
            batch = self[step]
            mask = batch.get("attention_mask")
            read += batch["input_ids"].numel() if mask is None else int(mask.sum())
        return read

    def _pairs_before(self, step: int) -> int:
        """How many batches before ``step`` are of pairs."""
        shape, falling = self._spec.batch, self._spec.schedule.level_until
        level, rest = min(step, falling), max(0, step - falling)
        return level // shape.pairs_every + rest // shape.pairs_every_falling

    def _blocks(self, step: int, number: int) -> Batch:
        """The blocks of ``step``, the batch of blocks of that number."""
        rows = self._spec.batch.block_rows
        first = number * rows
        count = len(self._texts.blocks)
        places = [
            self._order(number // count)[number % count] for number in range(first, first + rows)
        ]
        return tensors(self._masked(self._texts.blocks[places], step))

    def _pairs(self, step: int) -> Batch:
        shape = self._spec.batch
        pairs = draw_pairs(
            self._texts.sentences,
            self._marks,
            rows=shape.pair_rows,
            tokens=shape.pair_tokens,
            seed=(self._spec.seed, 1, self._spec.earlier_steps + step),
            with_context=shape.pairs_with_context,
        )
        return tensors(self._masked(pairs.input_ids, step), pairs)

    def _masked(self, rows: Ids, step: int) -> MaskedRows:
        rule: MaskingRule = self._spec.training_mask
        seed = (self._spec.seed, 2, self._spec.earlier_steps + step)
        return mask_rows(rows, rule=rule, vocabulary=self._vocabulary, seed=seed)

    def _order_of(self, epoch: int) -> Ids:
        drawn = np.random.default_rng((self._spec.seed, 3, epoch))
        return drawn.permutation(len(self._texts.blocks))


def tensors(masked: MaskedRows, pairs: PairRows | None = None) -> Batch:
    """What ``MaskedLearner.forward`` takes: the head is applied at ``positions`` only."""
    labels = masked.labels.reshape(-1)
    positions = np.flatnonzero(labels != IGNORED)
    batch = {
        "input_ids": torch.from_numpy(masked.input_ids),  # (row, token)
        "positions": torch.from_numpy(positions),  # (chosen,) of the rows laid end to end
        "labels": torch.from_numpy(labels[positions]),  # (chosen,)
    }
    if pairs is not None:
        batch["attention_mask"] = torch.from_numpy(pairs.attention_mask)  # (row, token)
        batch["token_type_ids"] = torch.from_numpy(pairs.token_type_ids)  # (row, token)
        batch["next_sentence_label"] = torch.from_numpy(pairs.labels)  # (row,)
    return batch


def pair_marks(tokenizer: PreTrainedTokenizerFast) -> PairMarks:
    """The special tokens that ``tokenizer`` writes a pair with."""
    return PairMarks(
        start=int(tokenizer.cls_token_id),
        end=int(tokenizer.sep_token_id),
        padding=int(tokenizer.pad_token_id),
    )
