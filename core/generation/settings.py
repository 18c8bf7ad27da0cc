"""How a token is chosen among all of the vocabulary: the settings, checked when they are made.

What they do to a distribution stands in ``core.generation.distribution``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from core.errors import InputError
from core.language import _

MAX_TEMPERATURE: Final = 100.0
MAX_PENALTY: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingSettings:
    """Settings with the names, the meaning and the order that transformers gives them.

    ``repetition_penalty`` acts first, then ``temperature``, ``top_k``, ``top_p`` and ``min_p``.
    ``top_k`` 0, ``top_p`` 1 and ``min_p`` 0 cut nothing; ``top_p`` 0 leaves one token. ``greedy``
    and a temperature of 0 both take the most probable token after the penalty. Raises InputError
    for a value out of range.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    greedy: bool = False

    def __post_init__(self) -> None:
        _check(_("temperature"), self.temperature, 0.0, MAX_TEMPERATURE)
        _check(_("top-p"), self.top_p, 0.0, 1.0)
        _check(_("min-p"), self.min_p, 0.0, 1.0)
        _check(_("repetition penalty"), self.repetition_penalty, 0.0, MAX_PENALTY)
        if self.repetition_penalty == 0:
            raise InputError(
                _("A repetition penalty of 0 divides by nothing: choose 1 for none, or more.")
            )
        if isinstance(self.top_k, bool) or int(self.top_k) != self.top_k or self.top_k < 0:
            raise InputError(
                _("{value} cannot be the top-k: choose a whole number, 0 for no limit.").format(
                    value=self.top_k
                )
            )

    @property
    def deterministic(self) -> bool:
        """Whether the most probable token is taken, so that no seed matters."""
        return self.greedy or self.temperature == 0

    @property
    def ignored(self) -> tuple[str, ...]:
        """The fields that were changed and have no effect, because the first token is taken."""
        if not self.deterministic:
            return ()
        set_otherwise = {
            "temperature": self.temperature not in {0, 1},
            "top_k": self.top_k > 0,
            "top_p": self.top_p < 1,
            "min_p": self.min_p > 0,
        }
        return tuple(name for name, changed in set_otherwise.items() if changed)


def _check(name: str, value: float, low: float, high: float) -> None:
    """InputError unless ``value`` is a number from ``low`` to ``high``."""
    if isinstance(value, int | float) and math.isfinite(value) and low <= value <= high:
        return
    raise InputError(
        _("{value} cannot be the {name}: choose a number from {low:g} to {high:g}.").format(
            name=name, value=value, low=low, high=high
        )
    )
