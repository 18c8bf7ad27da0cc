"""Texts of a wanted number of tokens, for measuring."""

from __future__ import annotations

from core.models import LanguageModel

SENTENCE = "The animal didn't cross the street because it was too tired to walk any further. "


def text_of(model: LanguageModel, tokens: int) -> str:
    """A text that ``model`` reads as exactly ``tokens`` tokens, special ones counted."""
    words = (SENTENCE * (tokens // 8 + 2)).split(" ")
    low, high = 1, len(words)
    while low < high:  # the longest text that is not too long
        middle = (low + high + 1) // 2
        if len(model.encode(" ".join(words[:middle]))) <= tokens:
            low = middle
        else:
            high = middle - 1
    text = " ".join(words[:low])
    while len(model.encode(text)) < tokens:
        text += " a"
    return text
