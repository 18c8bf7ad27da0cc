"""A network that gives classes: for a text, a pair of texts, or each word of a text.

It holds what a run trained and how texts reach it; ``core.tuning.predicting`` asks it.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.tuning.finetune.networks import TunedNetwork
from core.tuning.finetune.pattern import Pattern
from core.tuning.labelled.examples import Kind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TaskNetwork:
    """The network of a run that learnt labels; ``pattern`` is there where words stand for them."""

    kind: Kind
    label_names: tuple[str, ...]
    tuned: TunedNetwork
    pattern: Pattern | None = None
