"""``MaskedSpec``: everything that decides what a training run computes, and nothing else.

Two runs of one spec on one machine give the same weights. It knows no files and no network.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Final, Literal, get_args

from core.errors import InputError
from core.language import _
from core.tuning.masking import MaskingRule

Precision = Literal["float32", "bfloat16"]
STEP_LIMIT: Final = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TextShare:
    """A dataset of the catalogue and how much of it is used: ``share`` of its documents, 0 to 1."""

    dataset: str
    share: float = 1.0

    def __post_init__(self) -> None:
        _check(0 < self.share <= 1, "share", self.share, _("above 0 and up to 1"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Learning rates over ``steps``: a warm-up, a level stretch, a straight way down to 0.

    While the rate is level nothing depends on ``steps``: a run can be prolonged from a checkpoint
    and is then the run of the longer schedule (Hu et al. 2024, MiniCPM, section 4.2).
    """

    steps: int
    warmup: int = 60
    decay: int = 300
    body_rate: float = 5e-4
    head_rate: float = 1e-3

    def __post_init__(self) -> None:
        _check(1 <= self.steps <= STEP_LIMIT, "steps", self.steps, _("1 to 10,000,000"))
        fits = self.warmup >= 0 and self.decay >= 1 and self.warmup + self.decay <= self.steps
        _check(fits, "warmup + decay", self.warmup + self.decay, _("at most the steps"))
        for name, rate in (("body_rate", self.body_rate), ("head_rate", self.head_rate)):
            _check(0 < rate < 1, name, rate, _("above 0 and below 1"))

    @property
    def level_until(self) -> int:
        """The first step at which the rate falls."""
        return self.steps - self.decay

    def factor(self, step: int) -> float:
        """What both learning rates are multiplied with at ``step``, counted from 0."""
        if step < self.warmup:
            return (step + 1) / self.warmup
        return min(1.0, max(0.0, (self.steps - step) / self.decay))


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchShape:
    """The rows of a batch. Blocks are runs of text; pairs are two pieces of text, every n-th batch.

    ``pairs_every_falling`` is that n while the learning rate falls, when the second head learns
    most; ``pairs_with_context`` is the share of pairs that go on beyond their sentences.
    """

    block_rows: int = 32
    block_tokens: int = 128
    pair_rows: int = 64
    pair_tokens: int = 64
    pairs_every: int = 4
    pairs_every_falling: int = 2
    pairs_with_context: float = 0.5

    def __post_init__(self) -> None:
        share = self.pairs_with_context
        _check(0 <= share <= 1, "pairs_with_context", share, _("0 to 1"))
        for name, value in asdict(self).items():
            if name == "pairs_with_context":
                continue
            _check(1 <= value <= 4096, name, value, _("1 to 4,096"))
        _check(min(self.block_tokens, self.pair_tokens) >= 8, "tokens", 0, _("at least 8"))
        for name in ("pairs_every", "pairs_every_falling"):
            _check(getattr(self, name) >= 2, name, getattr(self, name), _("at least 2"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedSpec:
    """A run of masked training: the encoder it starts from, the texts, and how it is trained.

    ``earlier_steps`` is how many steps the stages before this one took, whose weights it starts
    from and whose rows it does not read again; 0 where it starts from the encoder.
    """

    model: str
    texts: tuple[TextShare, ...]
    schedule: Schedule
    earlier_steps: int = 0
    seed: int = 0
    held_out: float = 0.02
    training_mask: MaskingRule = field(default_factory=MaskingRule)
    held_out_mask: MaskingRule = field(default_factory=MaskingRule)
    batch: BatchShape = field(default_factory=BatchShape)
    precision: Precision = "bfloat16"
    weight_decay: float = 0.01
    gradient_norm: float = 1.0
    evaluate_every: int = 100
    checkpoint_every: int = 100

    def __post_init__(self) -> None:
        _check(bool(self.texts), "texts", "", _("at least one"))
        _check(0 < self.held_out < 0.5, "held_out", self.held_out, _("above 0 and below 0.5"))
        _check(self.precision in get_args(Precision), "precision", self.precision, "float32")
        for name in ("seed", "earlier_steps"):
            _check(getattr(self, name) >= 0, name, getattr(self, name), _("0 or more"))

    def to_json(self) -> str:
        """The spec as JSON that ``from_json`` reads back to an equal spec."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> MaskedSpec:
        """The spec that ``to_json`` wrote. Raises InputError where it is none."""
        try:
            values = json.loads(text)
            values["texts"] = tuple(TextShare(**each) for each in values["texts"])
            for name, part in _PARTS.items():
                values[name] = part(**values[name])
            return cls(**values)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InputError(
                _("This is no description of a run ({reason}); export it again.").format(
                    reason=str(error)[:120]
                )
            ) from error


_PARTS: Final = {
    "schedule": Schedule,
    "training_mask": MaskingRule,
    "held_out_mask": MaskingRule,
    "batch": BatchShape,
}


def _check(fine: bool, name: str, value: object, limit: str) -> None:
    if not fine:
        raise InputError(
            _("{name} is {value}: it must be {limit}.").format(name=name, value=value, limit=limit)
        )
