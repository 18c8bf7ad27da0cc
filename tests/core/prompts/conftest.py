"""Tiny models loaded once, and rows to ask about."""

from __future__ import annotations

import pytest

ROWS = (
    {"text": "The animal was tired", "label": "a"},
    {"text": "the street is wide because it was", "label": "b"},
    {"text": "One two three four", "label": "a"},
    {"text": "Paris is the capital of France", "label": "b"},
)


@pytest.fixture
def rows():
    return ROWS
