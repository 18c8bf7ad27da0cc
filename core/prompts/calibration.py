"""Contextual calibration: what a prompt says of a text that says nothing is taken out.

Zhao et al. 2021, section 4: the probabilities of the labels for content-free inputs are averaged,
p̂_cf, and W = diag(p̂_cf)⁻¹, b = 0. The result W p̂ is divided by its sum, so that p̂_cf itself becomes
the uniform distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.language import _

CONTENT_FREE: Final = ("N/A", "[MASK]", "")
"""The inputs of the paper."""
_LEAST: Final = 1e-12

Probabilities = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """What a prompt says of ``inputs`` that say nothing, and the correction that follows."""

    inputs: tuple[str, ...]
    probabilities: Probabilities  # (input, label)

    def __post_init__(self) -> None:
        if not self.inputs or len(self.inputs) != len(self.probabilities):
            raise InputError(_("Calibration needs at least one content-free input."))

    @property
    def average(self) -> Probabilities:
        """p̂_cf, the mean over the inputs. (label,)"""
        mean = self.probabilities.mean(axis=0)
        found: Probabilities = mean / mean.sum()
        return found

    @property
    def weights(self) -> Probabilities:
        """The diagonal of W. (label,)"""
        found: Probabilities = 1.0 / np.maximum(self.average, _LEAST)
        return found

    def apply(self, probabilities: Probabilities) -> Probabilities:
        """W p̂ of each row, divided by its sum. (row, label)"""
        weighted = probabilities * self.weights
        found: Probabilities = weighted / weighted.sum(axis=-1, keepdims=True)
        return found


def check_inputs(inputs: Sequence[str]) -> tuple[str, ...]:
    """``inputs`` themselves; InputError for none or more than 20."""
    if not 1 <= len(inputs) <= 20:
        raise InputError(
            _("There are {count} content-free inputs: give at least 1 and at most 20.").format(
                count=len(inputs)
            )
        )
    return tuple(inputs)
