"""The built-in masked model as pages know it, without anybody's records."""

from __future__ import annotations

import pytest

from app import resources


@pytest.fixture
def known(monkeypatch):
    """Every model counts as known: the database is not asked."""
    monkeypatch.setattr(resources, "require_known", lambda model_id: model_id)


@pytest.fixture
def look(known):
    """``look(text, masks)`` for the model that comes with Headlight."""
    from app.masked.look import Look

    def make(text, masks=()):
        return Look(model="minilm-l6-masked", title="MiniLM", text=text, masks=masks)

    return make
