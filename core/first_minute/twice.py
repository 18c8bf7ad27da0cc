"""Random tokens read twice by a causal model: the second time it can copy, and a head does it.

Olsson et al. 2022 ("In-context Learning and Induction Heads") measure heads by repeated random
tokens; here each head of one layer is switched off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from core.attention.capture import places_of
from core.attention.changes import HeadChanger
from core.attention.replacement import switching_off
from core.attention.tap import recording
from core.first_minute.told import ReadTwice

if TYPE_CHECKING:
    from core.models import LanguageModel

MODEL: Final = "smollm2-135m-instruct"
LENGTH: Final = 30
LAYER: Final = 16
SEED: Final = 0


def read_twice(
    model: LanguageModel, *, seed: int = SEED, length: int = LENGTH, layer: int = LAYER
) -> ReadTwice:
    """Draw ``length`` ordinary tokens, read them twice, and again without each head of a layer."""
    special = set(model.tokenizer.all_special_ids)
    ordinary = [one for one in range(model.shape.vocab) if one not in special]
    drawn = np.random.default_rng(seed).choice(ordinary, size=length, replace=False)
    ids = torch.from_numpy(np.concatenate([drawn, drawn])).to(model.network.device)  # (2 length,)
    switch_off = switching_off(model, "zero", None)
    heads = model.shape.heads
    variants = [[], *([switch_off(layer, head)] for head in range(heads))]
    with (
        torch.inference_mode(),
        recording(HeadChanger(places_of(model), variants)),
    ):
        logits = model.network(input_ids=ids.expand(heads + 1, -1), use_cache=False).logits
    losses = torch.nn.functional.cross_entropy(
        logits[:, :-1].float().transpose(1, 2), ids[1:].expand(heads + 1, -1), reduction="none"
    )  # (variant, token)
    first = losses[0, : length - 1].mean()
    second = losses[:, length:].mean(dim=1)  # (variant,)
    return ReadTwice(
        model=model.id,
        seed=seed,
        length=length,
        layer=layer,
        first=round(float(first), 4),
        second=round(float(second[0]), 4),
        without=tuple(round(float(loss), 4) for loss in second[1:]),
    )
