"""Where Headlight keeps its state on disk, and how a file gets there: whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from platformdirs import user_data_path


def home() -> Path:
    """``HEADLIGHT_HOME``, by default the platform's folder for user data. Made when missing."""
    named = os.environ.get("HEADLIGHT_HOME")
    folder = Path(named).expanduser() if named else user_data_path("headlight", appauthor=False)
    folder = folder.absolute()  # what is started from here may run in another folder
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def models_folder() -> Path:
    """The folder that holds one folder for each fetched model."""
    folder = home() / "models"
    folder.mkdir(exist_ok=True)
    return folder


def datasets_folder() -> Path:
    """The folder that holds one folder for each fetched dataset."""
    folder = home() / "datasets"
    folder.mkdir(exist_ok=True)
    return folder


def folder_bytes(folder: Path) -> int:
    """The bytes of all files in ``folder``; a file that goes meanwhile does not count."""
    sizes = []
    for path in folder.rglob("*"):
        with suppress(OSError):
            sizes.append(path.stat().st_size if path.is_file() else 0)
    return sum(sizes)
