"""The prompt that greets a reader, by language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.language import DEFAULT_LANGUAGE, current_language


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDefaults:
    """A prompt, another to set beside it, the words of its labels, and rows for it."""

    template: str
    other: str
    words: str
    dataset: str
    free: str


DEFAULTS: Final = {
    "en": PromptDefaults(
        template="Review: {{ text }}\nSentiment:",
        other="{{ text }} It was [MASK].",
        words="negative: negative\npositive: positive",
        dataset="movie-snippets",
        free="N/A\n[MASK]\n(empty)",
    ),
    "zh": PromptDefaults(
        template="评论：{{ text }}\n情感：",
        other="{{ text }}总之，这本书很[MASK]",
        words="negative: 负面\npositive: 正面",
        dataset="reviews-zh",
        free="无\n[MASK]\n(empty)",
    ),
}
EMPTY: Final = "(empty)"
"""How a content-free input that is nothing is written."""


def defaults() -> PromptDefaults:
    """Those of the session's language."""
    return DEFAULTS.get(current_language(), DEFAULTS[DEFAULT_LANGUAGE])
