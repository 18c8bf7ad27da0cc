"""Long texts in windows: nothing is lost, nothing is too long."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from core.tasks.windows import text_windows, window_note


def ends(text):
    """A tokenizer whose tokens are words and Chinese characters."""
    return [match.end() for match in re.finditer(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+", text)]


TEXT = "One two three. Four five six seven! Eight nine ten eleven twelve thirteen fourteen."


@pytest.mark.parametrize("limit", [3, 5, 8])
def test_windows_together_are_the_text_and_none_is_too_long(limit):
    windows = text_windows(TEXT, limit, ends)
    assert "".join(TEXT[start:end] for start, end in windows) == TEXT
    assert all(len(ends(TEXT[start:end])) <= limit for start, end in windows)


def test_a_short_text_is_one_window():
    assert text_windows(TEXT, 100, ends) == ((0, len(TEXT)),)
    assert window_note(1) == ""
    assert "2 windows" in window_note(2)


def test_a_window_ends_with_its_sentence_where_one_is_near():
    first, *_others = text_windows(TEXT, 5, ends)
    assert TEXT[slice(*first)] == "One two three. "


def test_windows_overlap_where_that_is_asked_for():
    windows = text_windows(TEXT, 6, ends, overlap=2)
    assert windows[-1][1] == len(TEXT)
    assert all(after[0] < before[1] for before, after in pairwise(windows))


def test_chinese_without_spaces_is_cut_between_characters():
    text = "这只动物没有过马路，因为它太累了。" * 3
    windows = text_windows(text, 10, ends)
    assert "".join(text[start:end] for start, end in windows) == text
    assert all(len(ends(text[start:end])) <= 10 for start, end in windows)
