"""A text past a model's limit, cut into windows that the model can read one after another.

Windows end at the end of a sentence where one is near, else between words; of Chinese, between
characters. What becomes of the answers of several windows, the task decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from core.language import _

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Window = tuple[int, int]
"""First character, and one past the last."""
_SENTENCE: Final = re.compile(r"[.!?;。！？；\n]+[\"'”’)）]*\s*")
_BREAK: Final = re.compile(r"\s+|(?<=[\u3400-\u9fff])")
_TAIL: Final = 0.5
"""The last part of a window, in which the end of a sentence is looked for."""


def token_ends(model: LanguageModel, text: str) -> list[int]:
    """Where each token of ``text`` ends, in characters, without those of the template."""
    tokens = model.reader.read(text)
    return [span[1] for span in tokens.spans if span is not None]


def text_windows(
    text: str, limit: int, ends: Callable[[str], list[int]], *, overlap: int = 0
) -> tuple[Window, ...]:
    """Parts of ``text`` of at most ``limit`` tokens, in order; together they are all of it.

    ``ends`` tells where the tokens of a text end. With an ``overlap`` each window begins about so
    many tokens before the end of the one before.
    """
    places = ends(text)
    if len(places) <= limit:
        return ((0, len(text)),)
    windows: list[Window] = []
    first = start = 0  # token, character
    while first < len(places):
        last = min(first + limit, len(places))
        end = len(text) if last == len(places) else _end(text, start, places[last - 1])
        windows.append((start, end))
        if end >= len(text):
            break
        following = next(place for place in range(first, len(places)) if places[place] > end)
        back = max(first + 1, following - overlap) if overlap else following
        start = end if back == following else _word_start(text, places[back - 1])
        first = next(place for place in range(len(places)) if places[place] > start)
    return tuple(windows)


def window_note(count: int) -> str:
    """What is said where there is more than one; else ""."""
    if count < 2:
        return ""
    return _("Too long for one pass: read in {count} windows.").format(count=count)


def _end(text: str, start: int, end: int) -> int:
    """Where a window that may go to ``end`` ends."""
    least = start + int((end - start) * _TAIL)
    for pattern in (_SENTENCE, _BREAK):
        found = [match.end() for match in pattern.finditer(text, start, end)]
        fitting = [place for place in found if least < place <= end]
        if fitting:
            return fitting[-1]
    return end


def _word_start(text: str, place: int) -> int:
    """The beginning of the word at ``place`` or after it."""
    match = _BREAK.search(text, place)
    return match.end() if match and match.end() < len(text) else place
