"""Tiny models loaded once, and rows to ask about."""

from __future__ import annotations

import pytest

from core.models import load_model

ROWS = (
    {"text": "The animal was tired", "label": "a"},
    {"text": "the street is wide because it was", "label": "b"},
    {"text": "One two three four", "label": "a"},
    {"text": "Paris is the capital of France", "label": "b"},
)


@pytest.fixture
def rows():
    return ROWS


@pytest.fixture(scope="session")
def tiny(model_folder):
    loaded = {}

    def load(family):
        if family not in loaded:
            loaded[family] = load_model(str(model_folder(family)))
        return loaded[family]

    return load
