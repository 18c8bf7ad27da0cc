"""The specs of the models that Headlight trained from nothing and carries with it."""

from __future__ import annotations

from typing import Final

from core.tuning.pretrain.spec import NUMBERS, PretrainSpec
from core.tuning.spec import TextShare

SHIPPED: Final[dict[str, PretrainSpec]] = {
    "numbers-to-words": PretrainSpec(
        objective="seq2seq",
        texts=(TextShare(dataset=NUMBERS),),
        tokenizer="words",
        vocabulary=100,
        layers=2,
        heads=4,
        hidden=128,
        block=32,
        steps=1_200,
        batch=64,
        rate=1.5e-3,
        warmup=0.05,
        held_out=0.02,
        precision="bfloat16",
        evaluate_every=100,
        checkpoint_every=100,
    ),
}
"""By the id of the catalogue."""
