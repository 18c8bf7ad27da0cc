"""Whether an error means that memory ran out: each library says so in its own words."""

from __future__ import annotations

import errno
from typing import Final

_TEXTS: Final = (
    *("out of memory", "can't allocate memory", "cannot allocate memory", "not enough memory"),
    "bad_alloc",
    # oneDNN names what it could not make, never why; torch asks it only for what it supports.
    *("could not create a primitive", "could not execute a primitive"),
    "could not create a memory object",
    "can't start new thread",  # Python's, when there is no room for another stack
)
_NOT_OF_MEMORY: Final = "could not create a primitive descriptor"  # oneDNN: not implemented


def is_memory_fault(error: BaseException) -> bool:
    """Whether ``error`` was raised because no memory was left, on a GPU or elsewhere.

    torch says so in a class of its own on a GPU, in a ``RuntimeError`` on a CPU.
    """
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    if isinstance(error, RuntimeError | ImportError):
        text = str(error).lower()
        return any(each in text for each in _TEXTS) and _NOT_OF_MEMORY not in text
    return isinstance(error, MemoryError)
