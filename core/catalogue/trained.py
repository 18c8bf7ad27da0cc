"""Models that Headlight trained: put together from stored weights and, if need be, another model.

A model that was made from nothing has its configuration and tokenizer beside its weights. The
folder that comes out is like any other model's and is the same, bit for bit, on every machine. How
the stored weights were made is not known here.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from core.catalogue.entries import ModelEntry
from core.catalogue.fetching import Progress
from core.catalogue.record import FolderRecord
from core.catalogue.safety import check_folder
from core.catalogue.unpacking import sha256_of
from core.errors import BrokenModelError, HashError
from core.language import _
from core.weights import FOLDER

ARCHITECTURE: Final = "BertForPreTraining"
PREFIX: Final = "bert."
"""How the encoder's weights are named inside a model with heads."""
STORED_FILES: Final = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
)
"""What lies beside the weights of a model from nothing, each as ``ID.NAME``."""
_NO_WEIGHTS: Final = ("model.safetensors", "headlight.json", "config.json")


def stored_file(entry: ModelEntry) -> Path:
    """The file of stored weights of ``entry``."""
    return FOLDER / entry.filename


def fill(entry: ModelEntry, base: Path | None, folder: Path, progress: Progress) -> None:
    """Write the model of ``entry`` to ``folder``, from the model in ``base`` where it has one.

    Raises HashError where the stored weights, or what comes out, are not what the catalogue
    names.
    """
    stored = stored_file(entry)
    if not stored.is_file() or sha256_of(stored) != entry.sha256:
        message = _("The stored weights of {name} are damaged or missing; install Headlight again.")
        raise HashError(message.format(name=entry.id))
    progress(0.3, _("Putting {name} together").format(name=entry.id))
    if base is None:
        write_new_model(stored, folder)
    else:
        write_model(base, stored, folder)
    weights = sha256_of(folder / "model.safetensors")
    if weights != entry.weights:
        message = _("{name} came out other than it should; fetch {base} again, then try again.")
        if base is None:
            message = _("{name} came out other than it should; install Headlight again.")
        raise HashError(message.format(name=entry.id, base=entry.base))
    check_folder(folder)
    FolderRecord(
        id=entry.id,
        kind=entry.kind,
        version=entry.version,
        sha256=entry.sha256,
        weights=weights,
        licence=entry.licence,
        origin=f"{entry.base} + {entry.filename}" if entry.base else entry.filename,
    ).write(folder)


def write_new_model(stored: Path, folder: Path) -> None:
    """The model from nothing whose weights are ``stored``, in ``folder``, unchecked.

    Raises BrokenModelError where a file that belongs to it is missing.
    """
    from safetensors.numpy import load_file, save_file  # numpy takes a moment to import

    from core.weights.difference import nothing, restore

    arrays = load_file(stored)
    restored = restore(nothing(arrays), arrays)
    ordered = {name: restored[name] for name in sorted(restored)}
    save_file(ordered, folder / "model.safetensors", metadata={"format": "pt"})
    for name in STORED_FILES:
        beside = stored.with_name(f"{stored.stem}.{name}")
        if beside.is_file():
            shutil.copyfile(beside, folder / name)
        elif name != "generation_config.json":
            message = _("The file {file} of {name} is missing; install Headlight again.")
            raise BrokenModelError(message.format(file=beside.name, name=stored.stem))


def write_model(base: Path, stored: Path, folder: Path) -> None:
    """The model that ``stored`` makes of the one in ``base``, in ``folder``, unchecked."""
    from safetensors.numpy import load_file, save_file  # numpy takes a moment to import

    from core.weights.difference import restore

    encoder = load_file(base / "model.safetensors")
    named = {PREFIX + name: weight for name, weight in encoder.items() if weight.ndim > 0}
    named = {name: weight for name, weight in named.items() if "position_ids" not in name}
    restored = restore(named, load_file(stored))
    ordered = {name: restored[name] for name in sorted(restored)}
    save_file(ordered, folder / "model.safetensors", metadata={"format": "pt"})
    for path in base.iterdir():
        if path.is_file() and path.name not in _NO_WEIGHTS:
            shutil.copyfile(path, folder / path.name)
    _write_config(base, folder)


def _write_config(base: Path, folder: Path) -> None:
    try:
        config = json.loads((base / "config.json").read_text("utf-8"))
    except ValueError as error:
        message = _("{file} of {model} is not readable JSON; fetch or copy the model again.")
        raise BrokenModelError(message.format(file="config.json", model=base.name)) from error
    config |= {"architectures": [ARCHITECTURE], "tie_word_embeddings": True}
    config.pop("_name_or_path", None)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
