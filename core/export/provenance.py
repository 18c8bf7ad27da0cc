"""What a number came from: the model, its weights, where and with what it was computed.

It says nothing in any language: names and values, so that a file means the same everywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.catalogue.unpacking import sha256_of
from core.catalogue.weights import weights_files

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What made the numbers of an export.

    ``model`` is the id that ``load_model`` takes; of a model in a folder of one machine only the
    folder's name, since a path means nothing elsewhere and is nobody's business. ``weights`` is
    the SHA-256 of the weights file; of a model in several files, that of the lines ``HASH  NAME``
    that ``sha256sum`` prints for them, sorted by name.
    """

    model: str
    weights: str
    dtype: str
    device: str
    headlight: str
    torch: str
    transformers: str

    def items(self) -> tuple[tuple[str, str], ...]:
        """Name and value of each fact, in order."""
        return tuple((each.name, str(getattr(self, each.name))) for each in fields(self))

    def lines(self) -> tuple[str, ...]:
        """One line ``name: value`` for each fact."""
        return tuple(f"{name}: {value}" for name, value in self.items())

    def to_json(self) -> str:
        """The facts as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False)


def provenance_of(model: LanguageModel) -> Provenance:
    """What the numbers that ``model`` gives come from.

    Reads the weights file once: 0.3 s for 540 MB, later calls take none.
    """
    import torch
    import transformers

    return Provenance(
        model=_shown(model.id),
        weights=weights_digest(model.folder),
        dtype=str(model.dtype).removeprefix("torch."),
        device=str(model.device),
        headlight=headlight_version(),
        torch=torch.__version__,
        transformers=transformers.__version__,
    )


@cache
def headlight_version() -> str:
    """The version of Headlight that runs; "unknown" where it was never installed."""
    try:
        return metadata.version("headlight")
    except metadata.PackageNotFoundError:
        return _UNKNOWN


def weights_digest(folder: Path) -> str:
    """The SHA-256 of the weights in ``folder``, as ``Provenance.weights`` says.

    Kept until a file's time or size changes. Raises BrokenModelError where the list of files
    cannot be followed; "unknown" where there are none.
    """
    stamps = [(path, path.stat()) for path in weights_files(folder)]
    return _digest(tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stamps))


@lru_cache(maxsize=64)
def _digest(files: Sequence[tuple[Path, int, int]]) -> str:
    hashes = [(path.name, sha256_of(path)) for path, _modified, _size in files]
    if len(hashes) == 1:
        return hashes[0][1]
    listed = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes))
    return hashlib.sha256(listed.encode()).hexdigest() if hashes else _UNKNOWN


def _shown(model_id: str) -> str:
    try:
        path = Path(model_id).expanduser()
        return path.resolve().name if path.is_dir() else model_id
    except (OSError, RuntimeError):
        return model_id
