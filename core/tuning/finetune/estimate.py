"""What a run will take, before it is started: parameters exactly, memory by formula, time measured.

The time comes from two steps that are really taken, on weights that are thrown away.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from core.device import cuda_computes
from core.models.language_model import ModelShape
from core.models.room import check_step
from core.models.shape import model_shape
from core.tuning.finetune.batches import Batch, TrainingBatches
from core.tuning.finetune.loss import mean_loss, predictions
from core.tuning.finetune.networks import TunedNetwork, build_network
from core.tuning.finetune.running import Material, read_material
from core.tuning.finetune.spec import RunSpec
from core.tuning.labelled.examples import Examples
from core.tuning.probes.heads import check_heads

_FORWARD: Final = 1 / 3
"""The share of a training step that its forward takes; the backward takes twice as long."""
_ROWS: Final = 8  # rows that are timed; more take as much longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run needs: counts are exact, ``memory`` (bytes) and ``seconds`` are rough."""

    trainable: int
    parameters: int
    steps: int
    memory: int
    seconds: float


def estimate(spec: RunSpec, training: Examples, held_out: Examples) -> Estimate:
    """What the run of ``spec`` on these examples will take on this machine.

    Loads the model and takes a step twice: a second or two for a small model. Raises what the
    run itself would raise before its first step.
    """
    tuned = build_network(spec, training.label_names)
    shape = _shape(tuned)
    check_heads(spec.model, spec.probes.heads, layers=shape.layers, heads=shape.heads)
    material = read_material(spec, tuned, training, held_out)
    device = torch.device("cuda" if cuda_computes() else "cpu")
    there = 4 * tuned.parameters if device.type == "cpu" else 0  # in main memory already
    check_step(_memory(spec, tuned, material, min(_ROWS, spec.batch)) - there, device)
    batches = TrainingBatches(spec, material.training, material.collator)
    second = _seconds_a_token(spec, tuned, material, device)
    read = int(material.training.lengths.sum()) * batches.steps / batches.steps_per_pass
    passes = max(1, batches.steps // (spec.evaluate_every or batches.steps_per_pass))
    looks = passes + 1 if spec.metrics else 0
    scored = int(material.held_out.lengths.sum()) * looks * _FORWARD
    return Estimate(
        trainable=tuned.trainable,
        parameters=tuned.parameters,
        steps=batches.steps,
        memory=_memory(spec, tuned, material, spec.batch),
        seconds=second * (read + scored),
    )


def _seconds_a_token(
    spec: RunSpec, tuned: TunedNetwork, material: Material, device: torch.device
) -> float:
    """The time of a forward and a backward by the tokens in it, of rows of middling length."""
    lengths = material.training.lengths
    order = np.argsort(lengths, kind="stable")
    count = min(_ROWS, spec.batch, len(order))
    first = max(0, len(order) // 2 - count // 2)
    rows = order[first : first + count]
    tuned.network.to(device).train()
    batch = {
        name: tensor.to(device)
        for name, tensor in material.collator.batch(
            material.training, rows, seed=(spec.seed,)
        ).items()
    }
    _step(spec, tuned, material, batch)  # the first warms up
    started = time.perf_counter()
    _step(spec, tuned, material, batch)
    return (time.perf_counter() - started) / max(1, int(lengths[rows].sum()))


def _step(spec: RunSpec, tuned: TunedNetwork, material: Material, batch: Batch) -> None:
    """A forward and a backward; no weight is changed."""
    inputs = dict(batch)
    labels = inputs.pop("labels")
    shifted = material.training.shifted
    device = labels.device.type
    with torch.autocast(device, torch.bfloat16, enabled=spec.precision == "bfloat16"):
        logits = tuned.network(**inputs).logits
    asked = predictions(logits, labels, shifted=shifted, choices=material.choices)
    torch.autograd.backward(mean_loss(*asked))
    tuned.network.zero_grad(set_to_none=True)
    if device == "cuda":
        torch.cuda.synchronize()


def _memory(spec: RunSpec, tuned: TunedNetwork, material: Material, rows: int) -> int:
    """Weights, gradients and AdamW's two moments in float32, and what a backward of ``rows`` needs.

    The latter are s b h (34 + 5 a s / h) bytes a layer at 16 bits (Korthikanti et al. 2022,
    equation 2), twice that in float32, and three times the logits of a head for words.
    """
    shape = _shape(tuned)
    before = spec.virtual_tokens if spec.adapter in ("prompt", "prefix") else 0
    tokens = int(material.training.lengths.max()) + before
    layers = 0 if spec.method == "head" else shape.layers
    inner = 34 * shape.hidden + 5 * shape.heads * tokens
    wide = 1 if spec.precision == "bfloat16" else 2
    kept = rows * tokens * inner * layers * wide
    words = material.training.by_token and spec.kind != "tagging"
    logits = 3 * 4 * rows * tokens * shape.vocab if words else 0
    return 4 * tuned.parameters + 12 * tuned.trainable + kept + logits


def _shape(tuned: TunedNetwork) -> ModelShape:
    base = getattr(tuned.network, "base_model", tuned.network)
    return model_shape(getattr(base, "model", base), tuned.tokenizer, None)
