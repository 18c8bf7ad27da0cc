"""The scripts that bertviz draws with, d3 and jQuery: fetched like a model, served by us.

bertviz itself loads them from a public address and stays blank without it. They come from Python
packages, of which one file each is kept; nothing is installed. What they draw is not known here.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.catalogue import packages
from core.catalogue.fetching import Progress, fetch_into, part, silent, state_folder
from core.catalogue.record import FolderRecord, read_record
from core.catalogue.unpacking import unpack
from core.language import _
from core.storage import home

SCRIPTS_ID: Final = "bertviz-scripts"
"""By this name ``python -m core.catalogue fetch`` gets them; ``--built-in`` does too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Script:
    """One script: the file of a package that holds it, and its place in there."""

    file: packages.PackageFile
    member: str
    licence: str

    @property
    def name(self) -> str:
        return Path(self.member).name


# bertviz 1.4.1 asks for d3 5.7.0, which mpld3 carries. Its jQuery 2.0.0 is of 2013; what it uses of
# it is in every later one, and the slim build has nothing that could send a request.
D3: Final = _Script(
    file=packages.PackageFile(
        package="mpld3",
        version="0.5.12",
        filename="mpld3-0.5.12-py3-none-any.whl",
        sha256="bea31799a4041029a906f53f2662bbf1c49903e0c0bc712b412354158ec7cf54",
        size=203_051,
    ),
    member="mpld3/js/d3.v5.min.js",
    licence="BSD-3-Clause",
)
JQUERY: Final = _Script(
    file=packages.PackageFile(
        package="XStatic-jQuery",
        version="3.7.1.1",
        filename="xstatic_jquery-3.7.1.1-py3-none-any.whl",
        sha256="c6e962abf95cbce1a732430eeadf5706fa829b57354db9f7297cc0d1a0007c67",
        size=306_360,
    ),
    member="xstatic/pkg/jquery/data/jquery.slim.min.js",
    licence="MIT",
)
_ALL: Final = (JQUERY, D3)
_DISK: Final = 310_000
_SCRATCH: Final = 2  # a package lies on the disk twice while pip copies it to where we want it


def ensure_scripts(progress: Progress | None = None) -> Path:
    """The folder of d3 and jQuery, fetched where they are not there yet: 0.5 MB, some seconds.

    At once and without the network where they are. Raises a ``FetchError``.
    """
    folder = state_folder(home) / "scripts"
    if _is_there(folder):
        return folder

    def fill(workspace: Path, ready: Path, report: Progress) -> None:
        for number, script in enumerate(_ALL):
            share = part(report, number / len(_ALL), (number + 1) / len(_ALL))
            _fetch(script, workspace, ready, share)
        _record().write(ready)

    return fetch_into(
        folder,
        name=SCRIPTS_ID,
        needed=_SCRATCH * sum(script.file.size for script in _ALL) + _DISK,
        is_done=lambda: _is_there(folder),
        fill=fill,
        progress=progress or silent,
    )


def read_scripts() -> tuple[str, str]:
    """The text of jQuery and of d3, as ``ensure_scripts`` has them."""
    folder = ensure_scripts()
    jquery, d3 = ((folder / script.name).read_text("utf-8") for script in _ALL)
    return jquery, d3


def _fetch(script: _Script, workspace: Path, ready: Path, progress: Progress) -> None:
    room = workspace / script.file.package
    room.mkdir()
    archive = packages.download(script.file, room, progress)
    message = _("Unpacking {name}").format(name=SCRIPTS_ID)
    unpack(archive, [script.member], ready, on_member=lambda: progress(1.0, message))
    shutil.rmtree(room)


def _is_there(folder: Path) -> bool:
    record = read_record(folder)
    return record is not None and record.version == _record().version and record.is_whole(folder)


def _record() -> FolderRecord:
    origins = [f"{script.file.package} {script.file.version}" for script in _ALL]
    return FolderRecord(
        id=SCRIPTS_ID,
        kind="scripts",
        version=", ".join(origins),
        sha256=" ".join(script.file.sha256 for script in _ALL),
        licence=", ".join(f"{script.name} {script.licence}" for script in _ALL),
        origin=", ".join(origins),
    )
