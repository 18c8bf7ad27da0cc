"""What a result holds in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import numpy as np

from core.attention.recording import FloatArray
from core.tokens import Tokens


def bytes_of(value: object) -> int:
    """The bytes of all arrays in a dataclass and its parts, each array once."""
    return sum({id(array): array.nbytes for array in _arrays(value)}.values())


def _arrays(value: object) -> Iterator[FloatArray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _arrays(part)
    elif is_dataclass(value) and not isinstance(value, type | Tokens):
        for field in fields(value):
            yield from _arrays(getattr(value, field.name))
