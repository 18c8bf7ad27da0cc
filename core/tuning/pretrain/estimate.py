"""What a run from nothing will take, before it is started, and the loss that it begins with.

The time comes from two steps on tokens that are drawn, with weights that are thrown away. No text
is read but numbers, whose tokens and lengths are other than the settings allow for.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from core.device import cuda_computes
from core.models.room import check_step
from core.tuning.batches import Batch
from core.tuning.finetune.estimate import Estimate
from core.tuning.pretrain.batches import LOOKS
from core.tuning.pretrain.evaluation import LOOK_ROWS
from core.tuning.pretrain.material import read_text_pairs
from core.tuning.pretrain.networks import new_network, parameters_of
from core.tuning.pretrain.spec import NUMBERS, PretrainSpec
from core.tuning.pretrain.tokenizers import train_tokenizer

_FORWARD: Final = 1 / 3
"""The share of a training step that its forward takes; the backward takes twice as long."""
_ROWS: Final = 16  # rows that are timed; more take as much longer


_PAIRS: Final = 2_000  # pairs of numbers that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a run will take, how many tokens its vocabulary will have at most, and its first loss.

    The loss is that of a network that knows nothing: ln V, and ln 2 more for next sentences.
    """

    estimate: Estimate
    vocabulary: int
    loss: float


def expect(spec: PretrainSpec) -> Expected:
    """What the run of ``spec`` will take on this machine.

    Takes a step twice: seconds for a small network, and as long as two steps for a large one.
    Raises TooLargeError before the first where it does not fit into memory.
    """
    vocabulary, length = _sizes(spec)
    loss = math.log(vocabulary) + (math.log(2) if spec.objective == "masked" else 0.0)
    found = _estimate(spec, vocabulary, length)
    return Expected(estimate=found, vocabulary=vocabulary, loss=loss)


def _sizes(spec: PretrainSpec) -> tuple[int, int]:
    """The tokens of the vocabulary, and those of a row."""
    if [each.dataset for each in spec.texts] != [NUMBERS]:
        return spec.vocabulary, spec.block
    some = read_text_pairs(spec).train[:_PAIRS]
    tokenizer = train_tokenizer(spec, [text for pair in some for text in pair])
    longest = max(len(ids) for ids in tokenizer([target for _source, target in some])["input_ids"])
    return len(tokenizer), min(spec.block, longest)


def _estimate(spec: PretrainSpec, vocabulary: int, length: int) -> Estimate:
    device = torch.device("cuda" if cuda_computes() else "cpu")
    rows = min(_ROWS, spec.batch)
    parameters = parameters_of(spec, vocabulary)
    check_step(_memory(spec, parameters, vocabulary, (rows, length)), device)
    network = new_network(spec, vocabulary).to(device)
    drawn = _drawn(spec, (rows, length), vocabulary)
    batch = {name: part.to(device) for name, part in drawn.items()}
    optimizer = torch.optim.AdamW(network.parameters(), lr=spec.rate, fused=True)

    def step() -> None:
        with torch.autocast(device.type, torch.bfloat16, enabled=spec.precision == "bfloat16"):
            loss = network(**batch)["loss"]
        torch.autograd.backward(loss)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if device.type == "cuda":
            torch.cuda.synchronize()

    step()  # the first warms up
    started = time.perf_counter()
    step()
    second = (time.perf_counter() - started) / rows  # of a row
    looks = spec.steps // (spec.evaluate_every or max(1, -(-spec.steps // LOOKS)))
    return Estimate(
        trainable=parameters,
        parameters=parameters,
        steps=spec.steps,
        memory=_memory(spec, parameters, vocabulary, (spec.batch, length)),
        seconds=second * (spec.steps * spec.batch + looks * LOOK_ROWS * _FORWARD),
    )


def _drawn(spec: PretrainSpec, shape: tuple[int, int], vocabulary: int) -> Batch:
    """A batch of drawn tokens (row, token) as the objective reads them."""
    drawn = np.random.default_rng(spec.seed)
    ids = torch.from_numpy(drawn.integers(0, vocabulary, shape))  # (row, token)
    if spec.objective != "masked":
        found = {"input_ids": ids, "labels": ids.clone()}
        return found if spec.objective == "causal" else found | {"attention_mask": ids * 0 + 1}
    count = max(1, round(spec.masking.rate * ids.numel()))
    return {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "token_type_ids": torch.zeros_like(ids),
        "positions": torch.from_numpy(drawn.permutation(ids.numel())[:count]),
        "labels": torch.from_numpy(drawn.integers(0, vocabulary, count)),
        "next_sentence_label": torch.from_numpy(drawn.integers(0, 2, shape[0])),
    }


def _memory(spec: PretrainSpec, parameters: int, vocabulary: int, batch: tuple[int, int]) -> int:
    """Weights, gradients and AdamW's two moments, and what a backward of ``batch`` (rows, tokens)
    needs.

    The latter as in ``core.tuning.finetune.estimate`` (Korthikanti et al. 2022, equation 2).
    """
    rows, length = batch
    layers = spec.layers * (2 if spec.objective == "seq2seq" else 1)
    inner = 34 * spec.hidden + 5 * spec.heads * length
    wide = 1 if spec.precision == "bfloat16" else 2
    kept = rows * length * inner * layers * wide
    predicted = spec.masking.rate if spec.objective == "masked" else 1.0
    logits = math.ceil(3 * 4 * rows * length * vocabulary * predicted)
    return 16 * parameters + kept + logits
