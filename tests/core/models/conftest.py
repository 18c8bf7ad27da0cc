"""Tiny models that a test may spoil."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture
def copy_of(model_folder, tmp_path):
    """A copy of a tiny model, by family."""

    def copy(family):
        return shutil.copytree(model_folder(family), tmp_path / family)

    return copy
