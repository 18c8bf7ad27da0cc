"""Running text cut into sentences, by rules short enough to be read.

A sentence ends at a full stop, question or exclamation mark, with quotation marks and brackets
that close after it, before a capital, a digit or an opening quotation mark. Titles, initials and
common short forms do not end one. A Chinese sentence ends at 。！？, whatever follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_END: Final = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])")
_CHINESE_END: Final = re.compile(r"[。！？]+[”’」』）]*")
_SHORT: Final = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Capt|Lt|Sgt|Gov|Sen|Rep|Rev|Hon|St|Jr|Sr|No|Nos|Art|Sec|"
    r"vs|etc|Inc|Co|Corp|Ltd|Jan|Feb|Aug|Sept|Oct|Nov|Dec|[A-Z])|\b[A-Z]\.[A-Z])\.$"
)


def split_sentences(text: str) -> Iterator[str]:
    """The sentences of ``text`` in their order, without the spaces around them."""
    start = 0
    for match in _END.finditer(text):
        if _SHORT.search(text[start : match.start() + 1]):
            continue
        sentence = text[start : match.end()].strip()
        start = match.end()
        yield sentence
    if text[start:].strip():
        yield text[start:].strip()


def split_chinese(text: str) -> Iterator[str]:
    """The sentences of a Chinese ``text`` in their order; one without its marks is left whole."""
    start = 0
    for match in _CHINESE_END.finditer(text):
        sentence = text[start : match.end()].strip()
        start = match.end()
        if sentence:
            yield sentence
    if text[start:].strip():
        yield text[start:].strip()
