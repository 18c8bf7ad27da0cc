"""Texts that Streamlit's Markdown shows as they are."""

from __future__ import annotations

import re
from typing import Final

_REPLACED: Final = re.compile(r"(?<!\S)(?:<->|->|<-|--|>=|<=|~=)(?!\S)")
_JOINER: Final = "\u2060"  # takes no room, and keeps what stands on both sides together


def unreplaced(text: str) -> str:
    """``text`` in which no arrow or dash is set for signs such as ``->``, ``--`` and ``>=``.

    Streamlit replaces those that stand alone, after it has taken escapes away.
    """
    return _REPLACED.sub(lambda found: _JOINER.join(found[0]), text)
