"""log P of words behind the mask of a prompt, under a masked model.

A word of several pieces stands behind as many masks, filled from left to right with the masks to
their right in place, as everywhere in Headlight: P(w₁ | c) · P(w₂ | c, w₁) · …. Prompts of similar
length go through the network together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from core.masked.variants import TOKENS_AT_ONCE
from core.prediction import logits_at
from core.prompts.packing import Scores
from core.prompts.reading import Ids, ReadPrompt

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

_ON_A_GPU: Final = 16384


class _Variants:
    """The rows that one prompt is read as, and which log-probabilities they give."""

    def __init__(self, prompt: ReadPrompt, mask: int) -> None:
        self.rows: dict[Ids, int] = {}
        self.targets: list[tuple[int, int, int, int]] = []  # word, row, position, token
        first = len(prompt.before)
        for word, pieces in enumerate(prompt.words):
            for step, piece in enumerate(pieces):
                filled = (*pieces[:step], *[mask] * (len(pieces) - step))
                row = self.rows.setdefault((*prompt.before, *filled, *prompt.after), len(self.rows))
                self.targets.append((word, row, first + step, piece))


def cloze_scores(
    model: LanguageModel, prompts: Sequence[ReadPrompt]
) -> Iterator[tuple[list[int], Scores]]:
    """The places of some prompts and log P of their words, (prompt, word), until all are done."""
    mask = int(model.tokenizer.mask_token_id)
    variants = [_Variants(prompt, mask) for prompt in prompts]
    most = TOKENS_AT_ONCE.get(model.device.type, _ON_A_GPU)
    batch: list[int] = []
    count = 0
    for place in sorted(range(len(prompts)), key=lambda each: prompts[each].length):
        rows = len(variants[place].rows)
        if batch and (count + rows) * prompts[place].length > most:
            yield batch, _scores(model, [variants[each] for each in batch], prompts)
            batch, count = [], 0
        batch.append(place)
        count += rows
    if batch:
        yield batch, _scores(model, [variants[each] for each in batch], prompts)


def _scores(
    model: LanguageModel, variants: Sequence[_Variants], prompts: Sequence[ReadPrompt]
) -> Scores:
    rows: list[Ids] = []
    wanted: list[tuple[int, int, int, int, int]] = []  # prompt, word, row, position, token
    for number, variant in enumerate(variants):
        offset = len(rows)
        rows.extend(variant.rows)
        wanted.extend(
            (number, word, offset + row, at, id_) for word, row, at, id_ in variant.targets
        )
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), int(model.tokenizer.pad_token_id or 0))  # (row, token)
    mask = torch.zeros_like(ids)
    places: list[list[int]] = [[] for _row in rows]
    for number, own in enumerate(rows):
        ids[number, : len(own)] = torch.tensor(own)
        mask[number, : len(own)] = 1
    spots: dict[tuple[int, int], int] = {}
    for _prompt, _word, row, position, _id in wanted:
        if (row, position) not in spots:
            spots[row, position] = len(places[row])
            places[row].append(position)
    most = max(map(len, places))
    grid = torch.tensor(
        [(*spot, *spot[-1:] * (most - len(spot))) for spot in places]
    )  # (row, place)
    inputs = {"input_ids": ids.to(model.device), "attention_mask": mask.to(model.device)}
    logits = logits_at(model.network, inputs, grid).float()  # (row, place, vocab)
    with torch.inference_mode():
        whole = torch.logsumexp(logits, dim=-1)  # (row, place)
    scores = np.zeros((len(variants), len(prompts[0].words)))
    for number, word, row, position, id_ in wanted:
        spot = spots[row, position]
        scores[number, word] += float(logits[row, spot, id_] - whole[row, spot])
    return scores
