"""Vectors of lines kept on disk, so that the same lines are read once: bounded, oldest out first.

A file is found by what it was made of: the model's weights and the lines. What is in it is numbers
alone; the lines stay with who asks.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import numpy as np

from core.storage import home
from core.tasks.search import LineIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

BYTES_LIMIT: Final = 400_000_000
"""All files together: about five indexes of 50,000 lines."""


def vectors_key(weights: str, lines: Sequence[str]) -> str:
    """What tells these lines, read by the model with these ``weights``, from all others."""
    digest = hashlib.sha256(weights.encode())
    for line in lines:
        digest.update(line.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:40]


def load_index(key: str, model: str, lines: tuple[str, ...]) -> LineIndex | None:
    """The index kept under ``key``; None where there is none, or its file is broken."""
    path = _folder() / f"{key}.npz"
    try:
        with np.load(path, allow_pickle=False) as held:
            vectors, facts = held["vectors"], held["facts"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if vectors.ndim != 2 or vectors.dtype != np.float32 or len(vectors) > len(lines):
        return None
    with suppress(OSError):
        os.utime(path)
    return LineIndex(
        model=model, lines=lines, vectors=vectors, long=int(facts[0]), unknown=float(facts[1])
    )


def keep_index(key: str, index: LineIndex) -> None:
    """Keep ``index`` under ``key``, whole or not at all; older files go where it gets too much."""
    folder = _folder()
    path = folder / f"{key}.npz"
    temporary = folder / f".{uuid4().hex}.tmp"
    try:
        with temporary.open("wb") as file:
            np.savez(file, vectors=index.vectors, facts=np.array([index.long, index.unknown]))
        temporary.replace(path)
    except OSError:  # a full disk: the index is still there for who made it
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        return
    _make_room(folder, path)


def _make_room(folder: Path, kept: Path) -> None:
    files = []
    for path in folder.glob("*.npz"):
        with suppress(OSError):
            found = path.stat()
            files.append((found.st_mtime, found.st_size, path))
    total = sum(size for _time, size, _path in files)
    for _time, size, path in sorted(files):
        if total <= BYTES_LIMIT:
            return
        if path != kept:
            with suppress(OSError):
                path.unlink()
                total -= size


def _folder() -> Path:
    folder = home() / "vectors"
    folder.mkdir(exist_ok=True)
    return folder
