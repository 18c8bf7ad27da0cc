"""The specs of the models that Headlight trained from nothing and carries with it."""

from __future__ import annotations

from typing import Final

from core.tuning.masking import MaskingRule
from core.tuning.pretrain.spec import NUMBERS, PretrainSpec
from core.tuning.spec import TextShare

_CHINESE: Final = (TextShare(dataset="news-zh"), TextShare(dataset="reviews-zh"))

SHIPPED: Final[dict[str, PretrainSpec]] = {
    "chinese-masked": PretrainSpec(
        objective="masked",
        texts=_CHINESE,
        tokenizer="characters",
        vocabulary=3_500,
        layers=4,
        heads=6,
        hidden=192,
        block=64,
        steps=10_000,
        batch=32,
        rate=1e-3,
        warmup=0.05,
        masking=MaskingRule(rate=0.4),
        held_out=0.02,
        precision="bfloat16",
        evaluate_every=500,
        checkpoint_every=500,
    ),
    "chinese-causal": PretrainSpec(
        objective="causal",
        texts=_CHINESE,
        tokenizer="characters",
        vocabulary=3_500,
        layers=4,
        heads=6,
        hidden=192,
        block=128,
        steps=2_500,
        batch=16,
        rate=1.5e-3,
        warmup=0.05,
        held_out=0.02,
        precision="bfloat16",
        evaluate_every=200,
        checkpoint_every=200,
    ),
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
