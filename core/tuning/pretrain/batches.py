"""Which rows are trained on at which step: batch k follows from the seed and k alone.

So a run that is stopped and resumed reads the same rows as one that was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
import torch
from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerFast

from core.tuning.batches import Batch, pair_marks, tensors
from core.tuning.blocks import TokenTexts, vocabulary_of
from core.tuning.masking import IGNORED, Ids, mask_rows
from core.tuning.pairs import draw_pairs
from core.tuning.pretrain.material import PairTexts, Texts
from core.tuning.pretrain.spec import PretrainSpec

LOOKS: Final = 20
"""How often a run is looked at where its spec does not say."""
WITH_CONTEXT: Final = 0.8
"""The share of pairs that go on beyond a sentence each, as far as the block reaches."""


class Rows(Protocol):
    """Rows of texts by number of batch, drawn anew each time they have all been read.

    ``available`` is how many there are before one comes again; None where they are drawn freely.
    """

    available: int | None

    def batch(self, number: int) -> Batch:
        """What the network reads."""
        ...

    def tokens(self, number: int) -> int:
        """How many tokens that batch holds, without padding."""
        ...


class PretrainBatches(Dataset[Batch]):
    """The batches of a run: one for each of ``processes`` makes a step."""

    def __init__(self, spec: PretrainSpec, rows: Rows, *, processes: int = 1) -> None:
        self._rows, self._processes = rows, processes
        self.steps = spec.steps
        self.steps_per_pass = max(1, -(-spec.steps // LOOKS))

    def __len__(self) -> int:
        return self.steps * self._processes

    def __getitem__(self, number: int) -> Batch:
        """The batch with this number, over all steps. Raises IndexError past the last."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._rows.batch(number)

    def tokens_of(self, step: int) -> int:
        """The tokens that ``step`` reads, without padding."""
        first = step * self._processes
        return sum(self._rows.tokens(number) for number in range(first, first + self._processes))


def rows_of(
    spec: PretrainSpec, texts: Texts, tokenizer: PreTrainedTokenizerFast, *, seed: int
) -> Rows:
    """The rows of ``texts`` as the objective reads them."""
    if isinstance(texts, PairTexts):
        return PairedRows(texts, batch=spec.batch, seed=seed)
    if spec.objective == "masked":
        return MaskedRows(spec, texts, tokenizer, seed=seed)
    return BlockRows(texts, batch=spec.batch, seed=seed)


class MaskedRows:
    """Pairs of texts with words masked in them, drawn evenly over all sentences."""

    def __init__(
        self,
        spec: PretrainSpec,
        texts: TokenTexts,
        tokenizer: PreTrainedTokenizerFast,
        *,
        seed: int,
    ) -> None:
        self.available: int | None = None
        self._spec, self._texts, self._seed = spec, texts, seed
        self._marks = pair_marks(tokenizer)
        self._vocabulary = vocabulary_of(tokenizer)
        self._drawn = lru_cache(maxsize=2)(self._draw)

    def batch(self, number: int) -> Batch:
        """The pairs of that batch, as ``MaskedLearner`` reads them."""
        return self._drawn(number)

    def tokens(self, number: int) -> int:
        """How many tokens the pairs have."""
        return int(self._drawn(number)["attention_mask"].sum())

    def _draw(self, number: int) -> Batch:
        pairs = draw_pairs(
            self._texts.sentences,
            self._marks,
            rows=self._spec.batch,
            tokens=self._spec.block,
            seed=(self._seed, 1, number),
            with_context=WITH_CONTEXT,
        )
        masked = mask_rows(
            pairs.input_ids,
            rule=self._spec.masking,
            vocabulary=self._vocabulary,
            seed=(self._seed, 2, number),
        )
        return tensors(masked, pairs)


class BlockRows:
    """Blocks of running text, each of which predicts its own tokens from the left."""

    def __init__(self, texts: TokenTexts, *, batch: int, seed: int) -> None:
        self.available: int | None = len(texts.blocks)
        self._blocks, self._batch = texts.blocks, batch
        self._order = _Order(len(texts.blocks), batch, seed)

    def batch(self, number: int) -> Batch:
        """``input_ids`` and the same as ``labels`` (row, token)."""
        ids = torch.from_numpy(self._blocks[self._order.places(number)])
        return {"input_ids": ids, "labels": ids.clone()}

    def tokens(self, number: int) -> int:
        """How many tokens the blocks have."""
        return self._batch * int(self._blocks.shape[1])


class PairedRows:
    """Texts for the encoder, and what the decoder is to make of them."""

    def __init__(self, texts: PairTexts, *, batch: int, seed: int) -> None:
        self.available: int | None = len(texts)
        self._texts = texts
        self._order = _Order(len(texts), batch, seed)

    def batch(self, number: int) -> Batch:
        """``input_ids`` and ``attention_mask`` (row, token), ``labels`` (row, target token)."""
        places = self._order.places(number)
        sources = [self._texts.sources[place] for place in places]
        targets = [self._texts.targets[place] for place in places]
        ids, labels = _padded(sources, 0), _padded(targets, IGNORED)
        mask = _padded([np.ones_like(row) for row in sources], 0)
        found = {"input_ids": ids, "attention_mask": mask, "labels": labels}
        return {name: torch.from_numpy(values) for name, values in found.items()}

    def tokens(self, number: int) -> int:
        """How many tokens the texts and their targets have."""
        texts = self._texts
        return sum(
            len(texts.sources[place]) + len(texts.targets[place])
            for place in self._order.places(number)
        )


class _Order:
    """Which rows a batch has: all of them in a drawn order, then all in another."""

    def __init__(self, count: int, batch: int, seed: int) -> None:
        self._count, self._batch, self._seed = count, batch, seed
        self._pass = lru_cache(maxsize=2)(self._drawn)

    def places(self, number: int) -> list[int]:
        first = number * self._batch
        return [
            int(self._pass(place // self._count)[place % self._count])
            for place in range(first, first + self._batch)
        ]

    def _drawn(self, pass_: int) -> Ids:
        return np.random.default_rng((self._seed, 3, pass_)).permutation(self._count)


def _padded(rows: Sequence[Ids], padding: int) -> Ids:
    filled = np.full((len(rows), max(map(len, rows))), padding, dtype=np.int64)  # (row, token)
    for place, row in enumerate(rows):
        filled[place, : len(row)] = row
    return filled
