"""``headlight.json``: what a fetched folder says of itself, and whether it is still all there.

Reading it takes well under a millisecond, so that a model that is there is returned at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

NAME: Final = "headlight.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRecord:
    """What was fetched: id, kind, version, the source's SHA-256 and that of every file kept.

    ``sha256`` is that of the file that was fetched (of a hub model: empty, the ``version`` is the
    commit), ``weights`` that of ``model.safetensors``, ``files`` the bytes of each file.
    """

    id: str
    kind: str
    version: str
    sha256: str = ""
    weights: str = ""
    licence: str = ""
    origin: str = ""
    files: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.files, Mapping):
            raise TypeError("files is a table of names and sizes")

    def write(self, folder: Path) -> None:
        """Write it to ``folder``, with the sizes of the files that lie there."""
        files = {
            path.relative_to(folder).as_posix(): path.stat().st_size
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        values = asdict(self) | {"files": files}
        (folder / NAME).write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", "utf-8")

    def is_whole(self, folder: Path) -> bool:
        """Whether every file is there with the size it was fetched with."""
        try:
            return bool(self.files) and all(
                (folder / name).stat().st_size == size for name, size in self.files.items()
            )
        except OSError:
            return False


def read_record(folder: Path) -> FolderRecord | None:
    """The record of ``folder``; None where there is none or it cannot be read."""
    try:
        return FolderRecord(**json.loads((folder / NAME).read_text("utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
