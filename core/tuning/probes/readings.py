"""What a probe holds: of each text, what the model made of it at one step.

Numpy and texts only; how they are found and kept stands in the neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]
ProbeTask = Literal[
    "classification", "pair", "tagging", "causal", "completion", "masked", "seq2seq"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeInput:
    """A text that is looked into at every probe, and where it comes from.

    ``expected`` is what is right, where that is known: the label, the tag of each of ``words``, or
    the completion. ``row`` is that of the data source, 0 of a text that somebody typed.
    """

    text: str
    second: str = ""
    expected: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    row: int = 0

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> ProbeInput:
        """The input that ``asdict`` and JSON made ``values`` of."""
        lists = {name: tuple(values.get(name, ())) for name in ("expected", "words")}
        return cls(**{**values, **lists})

    @property
    def tagged(self) -> tuple[str, ...]:
        """The words of the text, each of which gets a tag."""
        return self.words or tuple(self.text.split())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskReading:
    """The most probable words behind the mask at ``position`` of the text's tokens.

    ``original`` is the word that was masked, "" where the text itself has the mask; ``rank`` 1 is
    the most probable.
    """

    position: int
    words: tuple[str, ...]
    probabilities: FloatArray  # (word,)
    original: str = ""
    probability: float = 0.0
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProbeReading:
    """What the model made of one input at one step.

    ``queries`` and ``keys`` are the tokens' labels; the first ``virtual_queries`` and
    ``virtual_keys`` of them are trained vectors that stand before the text. ``special`` tells of
    each key, and ``special_queries`` of each query, whether it is one of these or a token of the
    template. ``weights`` are those of the probe's ``heads``; of an encoder–decoder model, of its
    decoder's looking at the text, its queries the text that is right. ``continuation`` are tokens
    written after the text, with the probability of each. ``probabilities`` are those of the labels:
    of one row for the text, or of a row for each of ``words``. What a task does not have is empty.
    """

    queries: tuple[str, ...]
    keys: tuple[str, ...]
    special: tuple[bool, ...]
    special_queries: tuple[bool, ...]
    virtual_queries: int = 0
    virtual_keys: int = 0
    causal: bool = False
    weights: FloatArray  # (head, query, key)
    masks: tuple[MaskReading, ...] = ()
    continuation: tuple[str, ...] = ()
    continuation_probabilities: FloatArray = field(
        default_factory=lambda: np.zeros(0, dtype=np.float32)
    )
    words: tuple[str, ...] = ()
    probabilities: FloatArray = field(
        default_factory=lambda: np.zeros((0, 0), dtype=np.float32)
    )  # (word or 1, label)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Probe:
    """Everything that was looked at after ``step`` steps; step 0 is before the first.

    ``heads`` are pairs of (layer, head). ``confusion`` (label, prediction) counts what was held
    out, None where no labels are learnt or nothing was measured at this step; ``scores`` are the
    metrics of the step.
    """

    step: int
    task: ProbeTask
    inputs: tuple[ProbeInput, ...]
    heads: tuple[tuple[int, int], ...]
    readings: tuple[ProbeReading, ...]
    label_names: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    confusion: Counts | None = None

    def __post_init__(self) -> None:
        if len(self.readings) != len(self.inputs):
            raise ValueError(f"{len(self.inputs)} inputs and {len(self.readings)} readings")
        for reading in self.readings:
            shape = (len(self.heads), len(reading.queries), len(reading.keys))
            if reading.weights.shape != shape:
                raise ValueError(f"weights of shape {reading.weights.shape}, not {shape}")
