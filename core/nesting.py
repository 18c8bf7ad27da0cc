"""How deeply a text of YAML is nested, before it is parsed.

A parser in Python takes time that grows with the square of the depth: 20,000 brackets in a file of
20 KB held it for half a minute. What the text means is not known here.
"""

from __future__ import annotations

import re
from typing import Final

DEPTH: Final = 64
"""Files that people exchange are not deeper than that."""

_SIGNS: Final = re.compile(r"[\[\]{}]")
_DASHES: Final = re.compile(rf"^ *(?:[-?] +){{{DEPTH}}}", re.MULTILINE)


def is_too_deep(text: str) -> bool:
    """Whether brackets, or sequences begun on one line, go deeper than ``DEPTH``.

    Brackets in quoted texts are counted too; pairs of them end where they began.
    """
    if _DASHES.search(text):
        return True
    depth = 0
    for sign in _SIGNS.finditer(text):
        depth = depth + 1 if sign[0] in "[{" else max(0, depth - 1)
        if depth > DEPTH:
            return True
    return False
