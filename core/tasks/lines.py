"""Lines that are searched or matched: those of a text, each once.

How a file is read stands in ``texts_file.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core.errors import InputError
from core.language import _

LINE_LIMIT: Final = 50_000

_LINE: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines in their order, each once; ``repeated`` counts those that were left out."""

    lines: tuple[str, ...]
    repeated: int = 0


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of ``text`` that are not blank, without the spaces around them."""
    return tuple(line.strip() for line in _LINE.split(text) if line.strip())


def checked_lines(lines: Iterable[str]) -> Lines:
    """``lines`` without blanks, each once. Raises InputError for none, or above ``LINE_LIMIT``."""
    kept = [line for line in lines if line.strip()]
    own = tuple(dict.fromkeys(kept))
    if not own:
        raise InputError(_("There is no line to search: give at least one."))
    if len(own) > LINE_LIMIT:
        raise InputError(
            _("There are {count:,} lines, the limit is {limit:,}: leave some out.").format(
                count=len(own), limit=LINE_LIMIT
            )
        )
    return Lines(lines=own, repeated=len(kept) - len(own))
