"""What the tokenizers library raises, told as one sentence.

It has no error classes of its own: whatever goes wrong in its Rust code arrives as a bare
``Exception``, or as a panic.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import HeadlightError


def is_tokenizer_fault(error: BaseException) -> bool:
    """Whether the tokenizers library raised ``error``.

    A panic, for a regular expression that takes too long say, is no ``Exception`` of Python's and
    passes where only these are caught.
    """
    return type(error) is Exception or type(error).__name__ == "PanicException"


@contextmanager
def told_as(kind: type[HeadlightError], sentence: str) -> Iterator[None]:
    """Turn what the tokenizers library raises into one sentence with its ``reason``."""
    try:
        yield
    except BaseException as error:
        if not is_tokenizer_fault(error):
            raise
        reason = (str(error).splitlines() or ["?"])[0][:120]
        raise kind(sentence.format(reason=reason)) from error
