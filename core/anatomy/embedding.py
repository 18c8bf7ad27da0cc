"""From token ids to the first layer: word, position and type vectors, their sum and its norm."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from core.anatomy.heads import floats
from core.anatomy.observation import FunctionCall, Observation
from core.anatomy.wiring import same
from core.attention.recording import FloatArray
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Role = Literal["token", "position", "type"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingPart:
    """What one table gives each token; ``rows`` are the rows looked up, ``size`` all there are."""

    role: Role
    rows: tuple[int, ...]
    size: int
    vectors: FloatArray  # (token, width)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingAnatomy:
    """``result`` = mapped(norm(scale · token + position + type)), as far as the model has each.

    ``scale`` multiplies the token vectors (Gemma: √hidden). ``normed`` is the sum after LayerNorm,
    None where there is none. ``mapped`` says that a matrix brings the sum to the size of the layers
    (ALBERT, and OPT's smallest). ``complete`` is false where the parts found do not add up to the
    result: then only the result is to be shown as what the layers get.
    """

    parts: tuple[EmbeddingPart, ...]
    scale: float
    total: FloatArray  # (token, width)
    normed: FloatArray | None  # (token, width)
    mapped: bool
    result: FloatArray  # (token, hidden)
    complete: bool


def embedding_of(model: LanguageModel, seen: Observation, tokens: Tokens) -> EmbeddingAnatomy:
    """The embedding of the pass that was watched."""
    count = len(tokens)
    lookups = [call for call in seen.before if call.kind == "lookup"]
    words = max(lookups, key=lambda call: (call.weight.shape[0] == model.shape.vocab, 0))
    parts: list[tuple[Role, FunctionCall, Tensor]] = []
    for call in lookups:
        made = _rows(call.made, count)
        if made is not None:
            parts.append((_role(call, words, tokens), call, made))
    norm = next((call for call in seen.before if call.kind == "norm"), None)
    target = seen.first if norm is None else norm.given.reshape(count, -1)
    mapped = any(call.kind == "product" for call in seen.before)
    others = sum(
        (made for role, _call, made in parts if role != "token" and made.shape == target.shape),
        torch.zeros_like(target),
    )
    word = next(made for role, _call, made in parts if role == "token")
    scale = _scale(word, target - others) if word.shape == target.shape else 1.0
    total = scale * word + others if word.shape == target.shape else word
    normed = None if norm is None else norm.made.reshape(count, -1)
    before_map = total if normed is None else normed
    whole = same(total, target) and (mapped or same(before_map, seen.first))
    return EmbeddingAnatomy(
        parts=tuple(
            EmbeddingPart(
                role=role,
                rows=tuple(call.given.reshape(-1).tolist()),
                size=call.weight.shape[0],
                vectors=floats(made),
            )
            for role, call, made in parts
        ),
        scale=scale,
        total=floats(total),
        normed=None if normed is None else floats(normed),
        mapped=mapped,
        result=floats(seen.first),
        complete=whole,
    )


def _role(call: FunctionCall, words: FunctionCall, tokens: Tokens) -> Role:
    if call is words:
        return "token"
    ids = call.given.reshape(-1).tolist()
    steps = all(after - before == 1 for before, after in pairwise(ids))
    return "position" if steps and (len(ids) > 1 or call.weight.shape[0] > 2) else "type"


def _rows(made: Tensor, count: int) -> Tensor | None:
    """(token, width); None for what is not of each token."""
    return made.reshape(count, -1) if made.numel() == count * made.shape[-1] else None


def _scale(word: Tensor, wanted: Tensor) -> float:
    """The factor of the token vectors that best gives what is wanted; 1 where that is near."""
    factor = float((word * wanted).sum() / word.square().sum())
    return 1.0 if abs(factor - 1) < 1e-4 else factor
