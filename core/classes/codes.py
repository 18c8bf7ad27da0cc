"""Codes of classes: short enough to be written on a board, without signs that look alike."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from core.errors import InputError
from core.language import _

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, 1, I, L and O."""
CODE_LENGTH: Final = 5
"""31 to the power of 5 is 28.6 million codes."""


def new_code(is_taken: Callable[[str], bool]) -> str:
    """A random code that is not taken."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _sign in range(CODE_LENGTH))
        if not is_taken(code):
            return code


def read_code(text: str) -> str:
    """A code as somebody typed it: small letters, spaces and dashes are fine.

    Raises InputError for what cannot be a code.
    """
    code = "".join(sign for sign in text.upper() if sign not in " -\u2013\u2014\t\u3000")
    if len(code) != CODE_LENGTH or any(sign not in ALPHABET for sign in code):
        raise InputError(
            _(
                "A class code has {length} signs, letters and digits without 0, 1, I, L and O: "
                "look at the board again."
            ).format(length=CODE_LENGTH)
        )
    return code
