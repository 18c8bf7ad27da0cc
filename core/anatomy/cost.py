"""What a model costs: parameters, bytes by number type, cache, operations, and time measured."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch

from core.anatomy.architecture import Architecture
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

BYTES: Final = {"float32": 4, "bfloat16": 2, "int8": 1}
_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCost:
    """The cost of reading ``tokens`` tokens once.

    ``operations`` counts a multiplication and an addition as two: 2 × the matrices that each token
    meets, and 4 × tokens² × heads × dim in each attention. ``cache`` is what a decoder keeps of
    those tokens in the model's own number type, keys and values of every layer; 0 for a model that
    writes nothing. ``seconds`` is the median of three passes, None where none was measured.
    """

    tokens: int
    parameters: int
    weight_bytes: dict[str, int]
    cache: int
    layer_operations: int
    attention_operations: int
    vocabulary_operations: int
    seconds: float | None

    @property
    def operations(self) -> int:
        """All of one pass."""
        return self.layer_operations + self.attention_operations + self.vocabulary_operations


def cost_of(architecture: Architecture, tokens: int, seconds: float | None = None) -> ModelCost:
    """The cost of a text of ``tokens`` tokens; an encoder–decoder reads and writes as many."""
    own = architecture
    layers = own.layers + 2 * own.decoder_layers  # attentions
    matrices = _matrices(own)
    width = own.heads * own.head_dim
    predicts = own.kind != "encoder"
    cached = {"causal": own.layers, "seq2seq": 2 * own.decoder_layers}.get(own.kind, 0)
    return ModelCost(
        tokens=tokens,
        parameters=own.parameters,
        weight_bytes={name: own.parameters * size for name, size in BYTES.items()},
        cache=2 * cached * own.kv_heads * own.head_dim * tokens * BYTES.get(own.dtype, 4),
        layer_operations=2 * matrices * tokens,
        attention_operations=4 * tokens * tokens * width * layers,
        vocabulary_operations=2 * own.hidden * own.vocabulary * tokens if predicts else 0,
        seconds=seconds,
    )


def measure_seconds(model: LanguageModel, tokens: Tokens, target: Tokens | None = None) -> float:
    """The median seconds of three passes over ``tokens``, after one that does not count."""
    inputs = model.inputs(tokens, target)
    taken = []
    with torch.inference_mode():
        for _round in range(_ROUNDS + 1):
            start = time.perf_counter()
            model.network(**inputs)
            if model.device.type == "cuda":
                torch.cuda.synchronize()
            taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


def _matrices(architecture: Architecture) -> int:
    """The numbers of all matrices in the layers; shared layers count as often as they are used."""
    sizes = {}
    total = 0
    for part in architecture.parts:
        if part.kind == "layer":
            norms = sum(sub.parameters for sub in part.sub_parts if sub.kind == "norms")
            if not part.shared:
                sizes[part.stack] = part.parameters - norms
            total += sizes[part.stack]
    return total
