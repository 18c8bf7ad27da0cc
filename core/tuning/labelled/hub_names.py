"""What a dataset of the hub is called: owner/name, or name alone, and :part for one of several.

A name is never a path: the datasets library would open a folder of that name.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from core.errors import InputError
from core.language import _

_LIMIT: Final = 96  # characters, as the hub itself has it
_PART: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?"
_NAME: Final = re.compile(f"({_PART}(?:/{_PART})?)(?::({_PART}))?")


def check_hub_name(name: str) -> tuple[str, str]:
    """The dataset and the part that ``name`` stands for; the part is "" where none is named.

    Raises InputError for what is no name of the hub.
    """
    found = _NAME.fullmatch(name)
    if found is None or len(name) > 2 * _LIMIT or ".." in name or _is_here(found[1]):
        raise InputError(
            _(
                "“{name}” is no dataset of the hub: give its name as owner/name, or "
                "owner/name:part where it has several parts."
            ).format(name=ascii(name[:60])[1:-1])
        )
    return found[1], found[2] or ""


def _is_here(name: str) -> bool:
    try:
        return Path(name).exists()
    except OSError:
        return True
