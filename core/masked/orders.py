"""In which order masks are filled, where nobody chooses.

Positions in, positions out: what is filled in, and by what probability, is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np

from core.errors import InputError
from core.language import _
from core.masked.steps import Order


def turns(masks: tuple[int, ...], order: str | Sequence[int], seed: int) -> tuple[int, ...] | None:
    """``masks`` in the order in which they are filled; None where that hangs on predictions.

    Positions given are filled as given, and the masks not among them follow from left to right.
    Raises InputError for an order of no known name and for a position without a mask.
    """
    if order == "confidence":
        return None
    if order == "left":
        return masks
    if order == "right":
        return masks[::-1]
    if order == "random":
        return tuple(np.random.default_rng((seed, 0)).permutation(masks).tolist())
    if isinstance(order, str):
        raise InputError(
            _("There is no order “{order}”: choose one of {orders}.").format(
                order=order, orders=", ".join(get_args(Order))
            )
        )
    for place in order:
        check_open(place, masks)
    given = tuple(dict.fromkeys(order))
    return (*given, *(place for place in masks if place not in given))


def check_open(position: int, places: Sequence[int]) -> None:
    """InputError unless ``position`` is one of ``places``, the open masks."""
    if position not in places:
        raise InputError(
            _("There is no open mask at token {number}: choose {open}.").format(
                number=position, open=", ".join(map(str, places)) or _("to go back")
            )
        )
