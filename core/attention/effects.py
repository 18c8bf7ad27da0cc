"""What changing each head of a text, one at a time, does to a target: a number per head.

Runs the changes in batches and reports how far it is; what is changed, and what for, is up to the
caller.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.attention.changes import HeadChange
from core.attention.partial import ChangedPasses
from core.attention.places import Stack
from core.attention.recording import FloatArray
from core.attention.replacement import no_head
from core.attention.residual import exact
from core.attention.target import Target
from core.jobs import Progress, Stop
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Unit = Literal["nats", "1 − cosine", "cosine"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadEffects:
    """What changing each head of one stack does to ``target``, one head at a time.

    ``effects`` is the change of the target's log-probability, changed − baseline, in nats; of a
    vector 1 − cosine to the unchanged one. ``baseline`` is the log-probability with every head as
    it is; of a vector 0, its own distance. NaN where the computation was stopped before.
    """

    effects: FloatArray  # (layer, head)
    target: Target
    baseline: float
    stack: Stack = "self"

    @property
    def unit(self) -> Unit:
        """The unit of the effects."""
        return "1 − cosine" if self.target.kind == "vector" else "nats"

    @property
    def complete(self) -> bool:
        """Whether every head was computed."""
        return not bool(np.isnan(self.effects).any())

    def ranked(self) -> tuple[tuple[int, int], ...]:
        """The heads that were computed, (layer, head), the largest effect first, of either sign."""
        places = np.argwhere(np.isfinite(self.effects)).tolist()
        best = sorted(places, key=lambda place: -abs(float(self.effects[tuple(place)])))
        return tuple((layer, head) for layer, head in best)

    def control(self, layer: int, head: int, *, seed: int = 0) -> int | None:
        """A random other head of the same layer, to compare with; None where there is none.

        Always the same for the same place and seed.
        """
        layers, heads = self.effects.shape
        if not (0 <= layer < layers and 0 <= head < heads):
            raise no_head(layer, head, layers, heads)
        return control_head(layer, head, heads, seed=seed)


def control_head(layer: int, head: int, heads: int, *, seed: int = 0) -> int | None:
    """A random one of the other ``heads`` of a layer, always the same; None where there is none."""
    others = [other for other in range(heads) if other != head]
    if not others:
        return None
    drawn = random.Random(f"{seed} {layer} {head}")  # noqa: S311 - a draw to repeat, no secret
    return drawn.choice(others)


class TargetPasses:
    """Changed passes of one text, read as what becomes of a target.

    A prediction is read as its token's log-probability in nats, a vector as its cosine to
    ``reference``, (hidden,), by default the unchanged vector itself.
    """

    def __init__(
        self,
        model: LanguageModel,
        tokens: Tokens,
        reading: Tokens | None,
        target: Target,
        *,
        reference: Tensor | None = None,
    ) -> None:
        vectors = target.kind == "vector"
        inputs = model.inputs(tokens, reading)
        self._token = target.token_id
        self._passes = ChangedPasses(model, inputs, target.position, vectors=vectors)
        self.at_once: int = self._passes.at_once
        self.output: Tensor = self._passes.baseline  # (vocab or hidden,)
        self._reference = self.output if reference is None else reference
        self.baseline: float = float(self._read(self.output[None])[0])

    def values(self, changes: Sequence[HeadChange]) -> npt.NDArray[np.float64]:
        """What becomes of the target by each change on its own. (change,)"""
        outputs = self._passes.run([[change] for change in changes])
        found: npt.NDArray[np.float64] = self._read(outputs).numpy()
        return found

    def _read(self, outputs: Tensor) -> Tensor:
        """The log-probabilities or cosines of ``outputs`` (row, vocab or hidden), in float64."""
        if self._token is None:
            # What is asked for is how little a cosine differs from 1.
            reference = exact(self._reference[None])
            return torch.cosine_similarity(exact(outputs), reference, dim=-1)
        return exact(outputs[:, self._token]) - exact(torch.logsumexp(outputs, dim=-1))


def read_texts(
    model: LanguageModel, text: str | Tokens, pair: str | Tokens | None
) -> tuple[Tokens, Tokens | None]:
    """The tokens of ``text``, and the decoder's, of ``pair``, in an encoder–decoder model."""
    second = pair if isinstance(pair, str) else None
    tokens = model.encode_source(text, second) if isinstance(text, str) else text
    if model.kind != "seq2seq":
        return tokens, None
    return tokens, pair if isinstance(pair, Tokens) else model.encode_target(pair)


def values_by_head(
    passes: TargetPasses,
    changes: Sequence[Sequence[HeadChange]],
    *,
    progress: Progress | None,
    stop: Stop | None,
) -> npt.NDArray[np.float64]:
    """What becomes of the target by each of ``changes``, layer by layer. (layer, head)

    ``progress`` is told how many of all are done, ``stop`` is asked before every batch; NaN stands
    where it said yes.
    """
    flat = [change for layer in changes for change in layer]
    values = np.full(len(flat), np.nan)
    if progress is not None:
        progress(0, len(flat))
    for start in range(0, len(flat), passes.at_once):
        if stop is not None and stop():
            break
        batch = flat[start : start + passes.at_once]
        values[start : start + len(batch)] = passes.values(batch)
        if progress is not None:
            progress(start + len(batch), len(flat))
    return values.reshape(len(changes), -1)
