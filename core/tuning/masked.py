"""Makes the built-in masked model: one command from texts to weights and model card.

    python -m core.tuning.masked [--steps N] [--decay N] [--run FOLDER]

Started again it goes on from the last checkpoint; with more ``--steps`` it prolongs a run whose
learning rate has not begun to fall. ``minilm-l6-masked.json`` beside the weights names the spec.
On a CPU that does other work too, set GOMP_SPINCOUNT=0: threads that wait for each other then
sleep, and it trained five times as fast (480 against 94 tokens a second).
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import torch
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from core.catalogue import ensure_model
from core.storage import home
from core.tuning.batches import TrainingBatches
from core.tuning.blocks import TokenTexts
from core.tuning.evaluation import score_held_out
from core.tuning.learner import MaskedLearner, new_learner
from core.tuning.masking import MaskingRule
from core.tuning.shipping import Shipment, ship
from core.tuning.spec import BatchShape, RunSpec, Schedule, TextShare
from core.tuning.texts import token_texts
from core.tuning.training import Measure, train
from core.weights import FOLDER

NAME: Final = "minilm-l6-masked"
BASE: Final = "minilm-l6"
STEPS: Final = 1400
DECAY: Final = 400
TEXTS: Final = ("state-of-the-union", "news-articles", "brown", "wordnet")
SAMPLE_BLOCKS: Final = 128
SAMPLE_PAIRS: Final = 128


def masked_spec(steps: int, decay: int) -> RunSpec:
    """The spec of the built-in masked model; the rate falls in the last ``decay`` steps."""
    return RunSpec(
        model=BASE,
        texts=tuple(TextShare(dataset=name) for name in TEXTS),
        schedule=Schedule(steps=steps, warmup=50, decay=decay, body_rate=4e-4),
        training_mask=MaskingRule(rate=0.2),
        batch=BatchShape(block_rows=16, pair_rows=32),
        evaluate_every=100,
        checkpoint_every=50,
    )


def main() -> None:
    """Train, or go on training; then store, measure and describe what came out."""
    wanted = _arguments()
    spec = masked_spec(wanted.steps, wanted.decay)
    base = ensure_model(BASE)
    tokenizer: PreTrainedTokenizerFast = AutoTokenizer.from_pretrained(base)
    texts, held_out = token_texts(spec, tokenizer, wanted.run / "texts")
    counts = np.bincount(texts.blocks.ravel(), minlength=len(tokenizer))
    learner = new_learner(base, seed=spec.seed, token_counts=counts)
    batches = TrainingBatches(spec, texts, tokenizer)
    train(spec, learner, batches, wanted.run, measure=_sample(spec, held_out, tokenizer))
    shipment = Shipment(
        name=NAME,
        spec=spec,
        base=base,
        run=wanted.run,
        target=wanted.weights,
        training_tokens=batches.tokens_read(),
        train=texts,
        held_out=held_out,
    )
    results = ship(shipment, learner, tokenizer)
    logging.getLogger(__name__).info("%s", results.stored)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--steps", type=int, default=STEPS, help="how long to train")
    parser.add_argument(
        "--decay", type=int, default=DECAY, help="in how many of the steps the rate falls to 0"
    )
    parser.add_argument(
        "--run", type=Path, default=home() / "runs" / NAME, help="where checkpoints are kept"
    )
    parser.add_argument(
        "--weights", type=Path, default=FOLDER, help="where the stored weights and the card go"
    )
    return parser.parse_args()


def _sample(spec: RunSpec, held_out: TokenTexts, tokenizer: PreTrainedTokenizerFast) -> Measure:
    """A quick look at a few held-out texts, for the curve."""

    def measure(network: MaskedLearner) -> Mapping[str, float]:
        with torch.autocast("cpu", torch.bfloat16):
            found = score_held_out(
                network,
                held_out,
                tokenizer,
                rule=spec.held_out_mask,
                blocks=SAMPLE_BLOCKS,
                pairs=SAMPLE_PAIRS,
                pair_tokens=spec.batch.pair_tokens,
                seed=spec.seed,
            )
        return {
            "held_out_accuracy": found.masked.accuracy,
            "held_out_loss": found.masked.loss,
            "pair_accuracy": found.pairs.accuracy,
        }

    return measure


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    main()
