"""The folders of runs under ``HEADLIGHT_HOME/runs``: made, filled whole, removed whole.

A name from outside never becomes a path: ids are ours and are checked again here.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

from core.errors import InputError
from core.language import _

SPEC: Final = "spec.json"
LOG: Final = "log.txt"
_ID: Final = re.compile(r"[0-9a-f]{10}")
_LEAVING: Final = ".deleted-"


def runs_folder(home: Path) -> Path:
    """The folder that holds one folder for each run. Made when missing."""
    folder = home / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_folder(home: Path, run_id: str) -> Path:
    """The folder of the run ``run_id``. Raises InputError for what is no id of a run."""
    if not _ID.fullmatch(run_id):
        raise unknown_run(run_id)
    return runs_folder(home) / run_id


def unknown_run(run_id: str) -> InputError:
    """The error that names a run which is not there."""
    return InputError(
        _("There is no run “{name}”: choose one of the list.").format(name=run_id[:40])
    )


def write_spec(folder: Path, spec: str) -> None:
    """Make ``folder`` with the spec in it: a reader finds the whole of it or nothing."""
    folder.mkdir(exist_ok=True)
    half = folder / f".{SPEC}.part"
    half.write_text(spec, "utf-8")
    half.replace(folder / SPEC)


def set_aside(folder: Path) -> None:
    """Take ``folder`` from its place at once; ``sweep`` removes it. A link is only unlinked."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        folder.replace(folder.with_name(f"{_LEAVING}{folder.name}"))


def sweep(home: Path) -> None:
    """Remove the folders that were set aside, those of a deletion that was killed too."""
    for folder in runs_folder(home).glob(f"{_LEAVING}*"):
        shutil.rmtree(folder, ignore_errors=True)
