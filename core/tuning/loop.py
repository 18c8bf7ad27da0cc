"""What the training loop must know of a run, whatever is learnt in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from core.tuning.batches import Batch
from core.tuning.probes.spec import ProbeSpec
from core.tuning.spec import Precision

LossParts = Callable[[], Mapping[str, float]]
"""The parts of the newest loss by name, of a network that gives its own loss."""


class LoopSpec(Protocol):
    """The settings of the loop; their names are those of ``RunSpec`` and ``PretrainSpec``."""

    @property
    def accumulation(self) -> int:
        """The batches of a step."""
        ...

    @property
    def rate(self) -> float:
        """The highest learning rate."""
        ...

    @property
    def warmup(self) -> float:
        """The share of the steps while the rate rises."""
        ...

    @property
    def schedule(self) -> str:
        """How the rate falls after that."""
        ...

    @property
    def weight_decay(self) -> float:
        """AdamW's weight decay."""
        ...

    @property
    def gradient_norm(self) -> float:
        """The longest a gradient may be."""
        ...

    @property
    def precision(self) -> Precision:
        """What a step computes in."""
        ...

    @property
    def seed(self) -> int:
        """What everything random follows from."""
        ...

    @property
    def evaluate_every(self) -> int:
        """Steps between two looks at the held-out rows; 0 for a pass."""
        ...

    @property
    def checkpoint_every(self) -> int:
        """Steps between two checkpoints; 0 for a pass."""
        ...

    @property
    def keep(self) -> str:
        """Which checkpoints stay."""
        ...

    @property
    def probes(self) -> ProbeSpec:
        """What is looked into on the way."""
        ...


class LoopBatches(Protocol):
    """The batches of a run; ``steps_per_pass`` is how often it is looked at by default."""

    steps: int
    steps_per_pass: int

    def __len__(self) -> int: ...

    def __getitem__(self, number: int) -> Batch: ...

    def tokens_of(self, step: int) -> int:
        """The tokens that ``step`` reads, without padding."""
        ...


class Measured(Protocol):
    """What was measured of a network."""

    @property
    def merit(self) -> float:
        """By what checkpoints are compared, more is better."""
        ...

    def values(self) -> Mapping[str, float]:
        """The figures for a curve, by name."""
        ...


MeasuredT = TypeVar("MeasuredT", bound=Measured)
