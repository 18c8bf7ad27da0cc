"""What a run from nothing will take, before it is started, and the loss that it begins with.

No text is read: the time comes from two steps on tokens that are drawn, with weights that are
thrown away.
"""

from __future__ import annotations

import math
import time
from typing import Final

import numpy as np
import torch

from core.tuning.batches import Batch
from core.tuning.finetune.estimate import Estimate
from core.tuning.pretrain.batches import LOOKS
from core.tuning.pretrain.evaluation import LOOK_ROWS
from core.tuning.pretrain.networks import new_network
from core.tuning.pretrain.spec import PretrainSpec

_FORWARD: Final = 1 / 3
"""The share of a training step that its forward takes; the backward takes twice as long."""
_ROWS: Final = 16  # rows that are timed; more take as much longer


def estimate(spec: PretrainSpec) -> Estimate:
    """What the run of ``spec`` will take on this machine, its vocabulary as large as it may be.

    Takes a step twice: seconds for a small network, and as long as two steps for a large one.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = new_network(spec, spec.vocabulary).to(device)
    rows = min(_ROWS, spec.batch)
    batch = {name: part.to(device) for name, part in _drawn(spec, rows).items()}
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
    parameters = sum(part.numel() for part in network.parameters())
    return Estimate(
        trainable=parameters,
        parameters=parameters,
        steps=spec.steps,
        memory=_memory(spec, parameters),
        seconds=second * (spec.steps * spec.batch + looks * LOOK_ROWS * _FORWARD),
    )


def expected_loss(spec: PretrainSpec) -> float:
    """What a network pays that knows nothing yet: ln V, and ln 2 more for next sentences."""
    return math.log(spec.vocabulary) + (math.log(2) if spec.objective == "masked" else 0.0)


def _drawn(spec: PretrainSpec, rows: int) -> Batch:
    """A batch of drawn tokens as the objective reads them, of full length."""
    drawn = np.random.default_rng(spec.seed)
    shape = (rows, spec.block)
    ids = torch.from_numpy(drawn.integers(0, spec.vocabulary, shape))  # (row, token)
    if spec.objective != "masked":
        found = {"input_ids": ids, "labels": ids.clone()}
        return found if spec.objective == "causal" else found | {"attention_mask": ids * 0 + 1}
    count = max(1, round(spec.masking.rate * ids.numel()))
    return {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "token_type_ids": torch.zeros_like(ids),
        "positions": torch.from_numpy(drawn.permutation(ids.numel())[:count]),
        "labels": torch.from_numpy(drawn.integers(0, spec.vocabulary, count)),
        "next_sentence_label": torch.from_numpy(drawn.integers(0, 2, rows)),
    }


def _memory(spec: PretrainSpec, parameters: int) -> int:
    """Weights, gradients and AdamW's two moments, and what a backward needs.

    The latter as in ``core.tuning.finetune.estimate`` (Korthikanti et al. 2022, equation 2).
    """
    layers = spec.layers * (2 if spec.objective == "seq2seq" else 1)
    inner = 34 * spec.hidden + 5 * spec.heads * spec.block
    wide = 1 if spec.precision == "bfloat16" else 2
    kept = spec.batch * spec.block * inner * layers * wide
    predicted = spec.masking.rate if spec.objective == "masked" else 1.0
    logits = math.ceil(3 * 4 * spec.batch * spec.block * spec.vocabulary * predicted)
    return 16 * parameters + kept + logits
