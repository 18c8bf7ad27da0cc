"""Makes the built-in masked model: one command from texts to weights and model card.

    python -m core.tuning.masked [--run FOLDER]

Training goes in stages: in each the learning rate rises, stays level and falls to 0, and the next
starts from the weights that the one before it stored (warm restarts; Loshchilov & Hutter 2017).
Started again the command goes on from the last checkpoint, after the last stage that is done.
On a CPU that does other work too, set GOMP_SPINCOUNT=0: threads that wait for each other then
sleep, and it trained five times as fast (480 against 94 tokens a second).
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from core.catalogue import ensure_model
from core.catalogue.trained import write_model
from core.device import cuda_computes
from core.storage import home
from core.tuning.batches import TrainingBatches
from core.tuning.blocks import TokenTexts
from core.tuning.evaluation import score_held_out
from core.tuning.learner import MaskedLearner, new_learner, trained_learner
from core.tuning.masking import MaskingRule
from core.tuning.results import read_stage
from core.tuning.shipping import Shipment, ship
from core.tuning.spec import BatchShape, MaskedSpec, Precision, Schedule, TextShare
from core.tuning.texts import token_texts
from core.tuning.training import Measure, train
from core.weights import FOLDER

NAME: Final = "minilm-l6-masked"
BASE: Final = "minilm-l6"
TEXTS: Final = ("state-of-the-union", "news-articles", "brown", "wordnet")
SAMPLE_BLOCKS: Final = 128
SAMPLE_PAIRS: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """``steps``, in the last ``decay`` of which the rate falls; the share of tokens that is masked,
    and at which steps pairs are read instead, before and while the rate falls."""

    steps: int
    decay: int
    masked: float = 0.2
    pairs_every: int = 4
    pairs_every_falling: int = 2


# At first few words are missing. Once the encoder knows words, more of them teach more a token
# (Wettig et al. 2023, "Should You Mask 15% in Masked Language Modeling?").
STAGES: Final = (
    Stage(steps=1400, decay=400),
    Stage(steps=1300, decay=450),
    Stage(steps=7200, decay=2600, masked=0.3, pairs_every=6, pairs_every_falling=3),
)


def masked_spec(stage: int) -> MaskedSpec:
    """The spec of a stage of the built-in masked model, counted from 0."""
    chosen = STAGES[stage]
    return MaskedSpec(
        model=BASE,
        texts=tuple(TextShare(dataset=name) for name in TEXTS),
        schedule=Schedule(steps=chosen.steps, warmup=50, decay=chosen.decay, body_rate=4e-4),
        earlier_steps=sum(before.steps for before in STAGES[:stage]),
        training_mask=MaskingRule(rate=chosen.masked),
        batch=BatchShape(
            block_rows=16,
            pair_rows=32,
            pairs_every=chosen.pairs_every,
            pairs_every_falling=chosen.pairs_every_falling,
        ),
        precision=fast_precision(),
        evaluate_every=400,
        checkpoint_every=50,
    )


def fast_precision() -> Precision:
    """bfloat16 where this machine computes in it; an old CPU took 50 times as long."""
    if cuda_computes():
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    found = torch.cpu.get_capabilities()
    return "bfloat16" if found.get("avx512_bf16") or found.get("amx_bf16") else "float32"


def main() -> None:
    """Train the stages that are not done yet, each from the weights of the one before."""
    wanted = _arguments()
    for stage in range(len(STAGES)):
        last = stage == len(STAGES) - 1
        folder = stage_folder(wanted.run, stage)
        if last or not (folder / f"{NAME}.json").is_file():
            _train_stage(stage, wanted.run, wanted.weights if last else folder)


def stage_folder(run: Path, stage: int) -> Path:
    """Where a stage keeps its checkpoints and, but for the last, its weights and figures."""
    return run / f"stage-{stage + 1}"


def _train_stage(stage: int, run: Path, target: Path) -> None:
    """Train a stage; then store, measure and describe what came out."""
    spec = masked_spec(stage)
    folder = stage_folder(run, stage)
    base = ensure_model(BASE)
    tokenizer: PreTrainedTokenizerFast = AutoTokenizer.from_pretrained(base)
    texts, held_out = token_texts(spec, tokenizer, run / "texts")
    batches = TrainingBatches(spec, texts, tokenizer)
    if stage == 0:
        counts = np.bincount(texts.blocks.ravel(), minlength=len(tokenizer))
        learner = new_learner(base, seed=spec.seed, token_counts=counts)
    else:
        learner = _stored_learner(base, stage_folder(run, stage - 1))
    train(spec, learner, batches, folder, measure=_sample(spec, held_out, tokenizer))
    shipment = Shipment(
        name=NAME,
        spec=spec,
        base=base,
        run=folder,
        target=target,
        earlier=tuple(
            read_stage(stage_folder(run, before) / f"{NAME}.json") for before in range(stage)
        ),
        training_tokens=batches.tokens_read(),
        train=texts,
        held_out=held_out,
    )
    results = ship(shipment, learner, tokenizer)
    logging.getLogger(__name__).info("%s", results.stored)


def _stored_learner(base: Path, stage: Path) -> MaskedLearner:
    """What the stage in that folder stored."""
    folder = stage / "model"
    folder.mkdir(exist_ok=True)
    write_model(base, stage / f"{NAME}.safetensors", folder)
    return trained_learner(folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--run", type=Path, default=home() / "runs" / NAME, help="where checkpoints are kept"
    )
    parser.add_argument(
        "--weights", type=Path, default=FOLDER, help="where the stored weights and the card go"
    )
    return parser.parse_args()


def _sample(spec: MaskedSpec, held_out: TokenTexts, tokenizer: PreTrainedTokenizerFast) -> Measure:
    """A quick look at a few held-out texts, for the curve."""

    def measure(network: MaskedLearner) -> Mapping[str, float]:
        with torch.autocast("cpu", torch.bfloat16, enabled=spec.precision == "bfloat16"):
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
