"""Tiny random models, each loaded once."""

from __future__ import annotations

import pytest

from core.models import load_model


@pytest.fixture(scope="session")
def models(model_folder):
    """A loaded model by family."""
    loaded = {}

    def model(family):
        if family not in loaded:
            loaded[family] = load_model(str(model_folder(family)))
        return loaded[family]

    return model
