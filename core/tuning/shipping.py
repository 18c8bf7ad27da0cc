"""From a trained network to what the repository stores: small weights, figures, card.

The figures are those of the weights as they are restored on every machine, not of the network in
memory. Nothing is trained here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file
from transformers import BertForPreTraining, PreTrainedTokenizerFast
from transformers import logging as transformers_logging

from core.catalogue.trained import PREFIX, write_model
from core.catalogue.unpacking import sha256_of
from core.tuning.blocks import TokenTexts
from core.tuning.card import model_card
from core.tuning.evaluation import HeldOutScore, same_choices, score_held_out
from core.tuning.everyday import answer_everyday
from core.tuning.learner import MaskedLearner
from core.tuning.results import Results, StageRecord, StoredWeights, write_curve
from core.tuning.spec import MaskedSpec
from core.tuning.training import read_curve
from core.weights.difference import compress

BLOCKS: Final = 400
PAIRS: Final = 600
COMPARED: Final = 32
_TIED: Final = "cls.predictions.decoder."
Arrays = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Where a run lies, what it was made from, and where its weights go under which name."""

    name: str
    spec: MaskedSpec
    base: Path
    run: Path
    target: Path
    training_tokens: int
    train: TokenTexts
    held_out: TokenTexts
    earlier: tuple[StageRecord, ...] = ()


def ship(shipment: Shipment, learner: MaskedLearner, tokenizer: PreTrainedTokenizerFast) -> Results:
    """Store the weights of ``learner``, put them together again, measure that, write the card."""
    stored = shipment.target / f"{shipment.name}.safetensors"
    trained = _arrays(learner)
    save_file(_sorted(compress(_base(shipment.base), trained)), stored)
    folder = shipment.run / "model"
    folder.mkdir(exist_ok=True)
    write_model(shipment.base, stored, folder)
    network = read_network(folder)
    curve = read_curve(shipment.run)
    results = Results(
        spec=shipment.spec,
        held_out=_score(shipment, network, tokenizer),
        everyday=answer_everyday(network, tokenizer),
        curve=curve,
        stored=StoredWeights(
            nbytes=stored.stat().st_size,
            sha256=sha256_of(stored),
            restored_sha256=sha256_of(folder / "model.safetensors"),
            largest_error=_largest_error(folder / "model.safetensors", trained),
            same_choice=same_choices(
                learner,
                network,
                shipment.held_out,
                tokenizer,
                rule=shipment.spec.held_out_mask,
                blocks=COMPARED,
                seed=shipment.spec.seed,
            ),
        ),
        training_tokens=shipment.training_tokens,
        training_seconds=_seconds(curve),
        available_tokens=_tokens(shipment.train),
        held_out_tokens=_tokens(shipment.held_out),
        earlier=shipment.earlier,
    )
    results.write(stored.with_suffix(".json"))
    write_curve(curve, stored.with_suffix(".curve.csv"))
    stored.with_suffix(".md").write_text(model_card(results), "utf-8")
    return results


def read_network(folder: Path) -> BertForPreTraining:
    """The model in ``folder``, in float32 and in eval mode."""
    transformers_logging.set_verbosity_error()
    network: BertForPreTraining = BertForPreTraining.from_pretrained(folder, local_files_only=True)
    network.eval()
    return network


def _arrays(learner: MaskedLearner) -> Arrays:
    return {
        name: weight.detach().float().cpu().numpy()
        for name, weight in learner.named_parameters()
        if not name.startswith(_TIED)
    }


def _base(folder: Path) -> Arrays:
    return {
        PREFIX + name: weight for name, weight in load_file(folder / "model.safetensors").items()
    }


def _sorted(arrays: Arrays) -> Arrays:
    return {name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}


def _score(
    shipment: Shipment, network: BertForPreTraining, tokenizer: PreTrainedTokenizerFast
) -> HeldOutScore:
    return score_held_out(
        network,
        shipment.held_out,
        tokenizer,
        rule=shipment.spec.held_out_mask,
        blocks=BLOCKS,
        pairs=PAIRS,
        pair_tokens=shipment.spec.batch.pair_tokens,
        seed=shipment.spec.seed,
    )


def _largest_error(restored: Path, trained: Arrays) -> float:
    again = load_file(restored)
    return float(max(np.abs(again[name] - weight).max() for name, weight in trained.items()))


def _tokens(texts: TokenTexts) -> Mapping[str, int]:
    counts = np.bincount(texts.block_sources, minlength=len(texts.source_names))
    inner = texts.blocks.shape[1] - 2
    return {
        name: int(count) * inner for name, count in zip(texts.source_names, counts, strict=True)
    }


def _seconds(curve: Sequence[Mapping[str, float]]) -> float:
    """The seconds of a run that may have been stopped and resumed: the clock began anew then."""
    total = before = 0.0
    for point in curve:
        now = point["seconds"]
        total += now - before if now >= before else now
        before = now
    return total
