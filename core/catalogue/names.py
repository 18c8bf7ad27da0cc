"""What somebody means by the name of a model: a catalogue entry, a hub name or a local folder.

Looks at the disk only to see whether a folder is there. Loads and fetches nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.catalogue.entries import ModelEntry, find_model
from core.errors import ModelNotFoundError
from core.language import _

NAME_LIMIT: Final = 1_000
HUB_LIMIT: Final = 96  # characters, as the hub itself has it
_PART: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?"
_HUB_NAME: Final = re.compile(f"{_PART}/{_PART}")
_FOLDER_SIGNS: Final = ("/", "./", "../", "~")


@dataclass(frozen=True, slots=True)
class HubName:
    """A model of the hub that the catalogue does not list."""

    repo: str


def meaning_of(name: str) -> ModelEntry | HubName | Path:
    """What ``name`` stands for; raises ``ModelNotFoundError`` saying what is accepted.

    A name that starts with ``/``, ``./``, ``../`` or ``~`` is a folder; so is one with a separator
    that names an existing folder. Otherwise ``owner/name`` is a model of the hub.
    """
    if len(name) > NAME_LIMIT or not name.isprintable() or not name.strip() or "://" in name:
        raise unknown(name)
    if name.startswith(_FOLDER_SIGNS) or name in (".", ".."):
        return _folder(name)
    entry = find_model(name)
    if entry is not None and "/" not in name:
        return entry
    if ("/" in name or "\\" in name) and _is_folder(Path(name)):
        return Path(name).resolve()
    if entry is not None:
        return entry
    if _is_hub_name(name):
        return HubName(name)
    raise unknown(name)


def is_local(name: str) -> bool:
    """Whether ``name`` is a folder of this machine; raises as ``meaning_of`` does."""
    return isinstance(meaning_of(name), Path)


def unknown(name: str) -> ModelNotFoundError:
    """The error for a name that stands for nothing, saying what is accepted."""
    shown = ascii(name)[1:-1] if not name.isprintable() else name
    shown = shown if len(shown) <= 60 else shown[:60] + "…"
    message = _(
        "There is no model “{name}”: give an id of the catalogue (python -m core.catalogue list), "
        "a hub name such as openai-community/gpt2, or the path of a folder."
    )
    return ModelNotFoundError(message.format(name=shown))


def _folder(name: str) -> Path:
    try:
        path = Path(name).expanduser()
    except RuntimeError as error:  # ~somebody who is not here
        raise unknown(name) from error
    if not _is_folder(path):
        message = _(
            "There is no folder {folder}; give the path of a folder with config.json and "
            "model.safetensors in it."
        )
        raise ModelNotFoundError(message.format(folder=name if len(name) <= 200 else name[:200]))
    return path.resolve()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a part of the name is longer than the disk allows
        return False


def _is_hub_name(name: str) -> bool:
    fine = len(name) <= HUB_LIMIT and ".." not in name and "--" not in name
    return fine and not name.endswith(".git") and bool(_HUB_NAME.fullmatch(name))
