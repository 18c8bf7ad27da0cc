"""Several rows as one batch: texts of any length, or one text with some of its tokens changed.

Rows together are what makes many predictions quick on a few cores. What they are for is not known
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor

from core.batch import pad_batch
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

TOKENS_AT_ONCE: Final = {"cpu": 1024}
"""How many tokens of all rows together go through the network at once, by kind of device."""
_ON_A_GPU: Final = 16384


def rows_at_once(model: LanguageModel, length: int) -> int:
    """How many rows of ``length`` tokens are best read together."""
    return max(1, TOKENS_AT_ONCE.get(model.device.type, _ON_A_GPU) // max(length, 1))


def batches(model: LanguageModel, rows: Sequence[Tokens]) -> Iterator[tuple[int, ...]]:
    """The rows' numbers in batches of similar length, the shortest first."""
    order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
    batch: list[int] = []
    for number in order:
        if len(batch) >= rows_at_once(model, len(rows[number])):
            yield tuple(batch)
            batch = []
        batch.append(number)
    if batch:
        yield tuple(batch)


def padded_inputs(model: LanguageModel, rows: Sequence[Tokens]) -> dict[str, Tensor]:
    """The network's inputs for ``rows``, padded on the right to the longest. (row, token) each"""
    singles = [model.inputs(row) for row in rows]
    padded = pad_batch(*rows)
    mask = torch.from_numpy(padded.mask).to(model.device)  # (row, token)
    ids = torch.full(mask.shape, _padding(model), device=model.device)  # (row, token)
    ids[mask] = torch.cat([single["input_ids"][0] for single in singles])
    inputs = {"input_ids": ids, "attention_mask": mask.long()}
    if any("token_type_ids" in single for single in singles):
        types = torch.zeros_like(ids)  # (row, token)
        types[mask] = torch.tensor([type_ for row in rows for type_ in row.types]).to(types)
        inputs["token_type_ids"] = types
    return inputs


def changed_inputs(
    model: LanguageModel, tokens: Tokens, changes: Sequence[Mapping[int, int]]
) -> dict[str, Tensor]:
    """The network's inputs for ``tokens`` once per change. (change, token) each

    A change tells other token ids by position.
    """
    inputs = {name: part.expand(len(changes), -1) for name, part in model.inputs(tokens).items()}
    ids = inputs["input_ids"].clone()  # (change, token)
    for row, change in enumerate(changes):
        for position, id_ in change.items():
            ids[row, position] = id_
    return inputs | {"input_ids": ids}


def _padding(model: LanguageModel) -> int:
    """What fills the shorter rows; nothing attends to it."""
    for number in (model.network.config.pad_token_id, model.tokenizer.pad_token_id):
        if number is not None:
            return int(number)
    return 0
