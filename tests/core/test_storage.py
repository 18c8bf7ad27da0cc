"""Where state lies on disk."""

from __future__ import annotations

import pytest

from core import storage


@pytest.mark.parametrize("name", ["here", "a folder with spaces", "../模型"])
def test_a_relative_home_is_a_place_and_does_not_move_with_the_working_folder(
    name, tmp_path, monkeypatch
):
    (tmp_path / "first").mkdir()
    monkeypatch.chdir(tmp_path / "first")
    monkeypatch.setenv("HEADLIGHT_HOME", name)
    folder = storage.models_folder()
    monkeypatch.chdir(tmp_path)
    assert folder.is_absolute()
    assert folder.samefile(tmp_path / "first" / name / "models")
