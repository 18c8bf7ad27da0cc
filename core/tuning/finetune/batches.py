"""Which rows are trained on at which step: batch k follows from the seed and k alone.

So a run that is stopped and resumed reads the same rows as one that was not. A step's rows are of
like length, so that little is padded; which rows meet, and which step comes when, changes with
every pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import Dataset

from core.tuning.finetune.features import Features
from core.tuning.finetune.spec import RunSpec
from core.tuning.masking import IGNORED, MaskingRule, Vocabulary, mask_rows

Batch = dict[str, Tensor]
Rows = npt.NDArray[np.int64]
_TOGETHER: Final = 32  # steps whose rows are sorted by length among themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Collator:
    """Makes a batch of rows: padded on the right to the longest, masked where words are masked."""

    padding: int
    typed: bool
    rule: MaskingRule | None = None
    vocabulary: Vocabulary | None = None

    def batch(self, features: Features, rows: Rows, *, seed: tuple[int, ...]) -> Batch:
        """``input_ids``, ``attention_mask``, ``labels`` and, if typed, ``token_type_ids``."""
        width = int(features.lengths[rows].max())
        shape = (len(rows), width)
        ids = np.full(shape, self.padding, dtype=np.int64)  # (row, token)
        mask = np.zeros(shape, dtype=np.int64)  # (row, token)
        types = np.zeros(shape, dtype=np.int64)  # (row, token)
        labels = np.full(shape if features.by_token else len(rows), IGNORED, dtype=np.int64)
        for place, number in enumerate(rows):
            row_ids, row_types, row_labels = features.row(int(number))
            ids[place, : len(row_ids)] = row_ids
            mask[place, : len(row_ids)] = 1
            types[place, : len(row_types)] = row_types
            if features.by_token:
                labels[place, : len(row_labels)] = row_labels
            else:
                labels[place] = row_labels[0]
        if self.rule and self.vocabulary:
            masked = mask_rows(ids, rule=self.rule, vocabulary=self.vocabulary, seed=seed)
            ids = masked.input_ids
            labels = np.where(mask == 1, masked.labels, IGNORED)
        found = {"input_ids": ids, "attention_mask": mask, "labels": labels}
        if self.typed:
            found["token_type_ids"] = types
        return {name: torch.from_numpy(values) for name, values in found.items()}


class TrainingBatches(Dataset[Batch]):
    """The batches of a run: ``accumulation`` of them for each of ``processes`` make a step.

    Processes take them in turn, so that those that work at the same time have rows of like length.
    The last step of a pass has the rows that are left; where they are fewer than the batches of a
    step, some are read twice.
    """

    def __init__(
        self, spec: RunSpec, features: Features, collator: Collator, *, processes: int = 1
    ) -> None:
        self._spec, self._features, self._collator = spec, features, collator
        self._pass = lru_cache(maxsize=2)(self._steps_of)
        self._processes = processes
        self._parts = spec.accumulation * processes
        self._rows = spec.batch * self._parts
        self.steps_per_pass = -(-len(features) // self._rows)
        self.steps = spec.steps or spec.epochs * self.steps_per_pass

    def __len__(self) -> int:
        return self.steps * self._parts

    def __getitem__(self, number: int) -> Batch:
        """The batch with this number, counted over all steps. Raises IndexError past the last."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        step, part = divmod(number, self._parts)
        turn, process = divmod(part, self._processes)
        together = np.array_split(self.rows_of(step), self._spec.accumulation)[turn]
        rows = together[process :: self._processes]
        return self._collator.batch(self._features, rows, seed=(self._spec.seed, step, part))

    def rows_of(self, step: int) -> Rows:
        """The rows of ``step``, counted from 0, the shortest first."""
        pass_, place = divmod(step, self.steps_per_pass)
        return self._pass(pass_)[place]

    def tokens_of(self, step: int) -> int:
        """The tokens that ``step`` reads, without padding."""
        return int(self._features.lengths[self.rows_of(step)].sum())

    def _steps_of(self, pass_: int) -> list[Rows]:
        spec, lengths = self._spec, self._features.lengths
        drawn = np.random.default_rng((spec.seed, 1000 + pass_))
        order = drawn.permutation(len(self._features))
        size = self._rows
        steps: list[Rows] = []
        for start in range(0, len(order), size * _TOGETHER):
            some = order[start : start + size * _TOGETHER]
            some = some[np.argsort(lengths[some], kind="stable")]
            steps += [some[first : first + size] for first in range(0, len(some), size)]
        least = self._parts
        steps = [rows if len(rows) >= least else np.resize(rows, least) for rows in steps]
        return [steps[place] for place in drawn.permutation(len(steps))]
