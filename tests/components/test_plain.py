"""Signs that Streamlit's Markdown would set arrows and dashes for."""

from __future__ import annotations

import pytest

from app.frame import as_plain
from components.plain import unreplaced


@pytest.mark.parametrize("text", ["a -> b", "->", "film -- vivid", "x >= 3", "<-> ~= <- <="])
def test_signs_that_stand_alone_are_kept_apart_and_nothing_else_changes(text):
    shown = unreplaced(text)
    assert shown != text
    assert shown.replace("\u2060", "") == text
    assert "\u2060" in as_plain(text)


@pytest.mark.parametrize("text", ["a->b", "well--known", "x>=3", "- a -", "动物->街道", ""])
def test_signs_within_words_are_left(text):
    assert unreplaced(text) == text
