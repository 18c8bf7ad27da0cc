"""Archives from the Python package index, or from whatever mirror of it the user's pip is set to.

pip fetches and checks, in a child process; nothing is ever installed. Its output is read for
progress, and its errors become one sentence each. What is inside an archive is not known here.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.catalogue import pip_errors
from core.catalogue.fetching import MEGABYTE, Progress
from core.catalogue.processes import run_child
from core.catalogue.unpacking import sha256_of
from core.language import _

_log = logging.getLogger(__name__)
CACHED: Final = 50 * MEGABYTE
"""Up to this size pip may keep what it fetched: several datasets come in one package."""
_PROGRESS: Final = re.compile(r"^Progress (\d+) of (\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """One file of one release of a package: what to ask the index for, and what must arrive."""

    package: str
    version: str
    filename: str
    sha256: str
    size: int

    @property
    def is_wheel(self) -> bool:
        """Whether ``pip download`` can fetch it without running anything."""
        return self.filename.endswith(".whl")


def download(file: PackageFile, workspace: Path, progress: Progress) -> Path:
    """Fetch ``file`` into ``workspace`` and return where it lies, its hash checked.

    Raises ``NetworkError``, ``HashError``, ``DiskFullError`` or ``FetchError``.
    """
    arrived = workspace / "download"
    scratch = workspace / "pip"
    arrived.mkdir()
    scratch.mkdir()
    command = _wheel_command(file, workspace) if file.is_wheel else _archive_command(file)
    said: list[str] = []
    state = _State(file, progress)

    def on_line(line: str) -> None:
        match = _PROGRESS.match(line)
        if match:
            state.done, state.total = int(match[1]), int(match[2])
        else:
            said.append(line)

    status = run_child(
        [*command, str(arrived)],
        environment=_environment(scratch, cached=file.size <= CACHED),
        on_line=on_line,
        on_tick=state.report,
    )
    if status != 0:
        _log.warning("pip failed on %s %s:\n%s", file.package, file.version, "\n".join(said))
        raise pip_errors.from_output(said, package=file.package, version=file.version)
    path = arrived / file.filename
    if not path.is_file() or sha256_of(path) != file.sha256:
        raise pip_errors.wrong_hash(file.package, file.version)
    return path


class _State:
    """The bytes so far, told to ``progress`` at every tick so that a stop is noticed at once."""

    def __init__(self, file: PackageFile, progress: Progress) -> None:
        self.done, self.total = 0, file.size
        self._file, self._progress = file, progress

    def report(self) -> None:
        message = _("Fetching {package} {version}: {done} of {total} MB").format(
            package=self._file.package,
            version=self._file.version,
            done=self.done // MEGABYTE,
            total=-(-self.total // MEGABYTE),
        )
        self._progress(self.done / max(self.total, 1), message)


def _wheel_command(file: PackageFile, workspace: Path) -> Sequence[str]:
    wanted = workspace / "wanted.txt"
    wanted.write_text(f"{file.package}=={file.version} --hash=sha256:{file.sha256}\n", "utf-8")
    return [
        *(sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
        *("--require-hashes", "--ignore-requires-python", "--no-input"),
        *("--retries", "2", "--progress-bar", "raw", "-r", str(wanted), "--dest"),
    ]


def _archive_command(file: PackageFile) -> Sequence[str]:
    script = Path(__file__).with_name("archive.py")
    wanted = (file.package, file.version, file.filename, file.sha256)
    return [sys.executable, "-P", str(script), *wanted]


def _environment(scratch: Path, *, cached: bool) -> dict[str, str]:
    """The user's own, less what would change what is fetched or hide the progress."""
    environment = dict(os.environ)
    for name in ("PIP_CONSTRAINT", "PIP_LOG", "PIP_QUIET", "PIP_VERBOSE"):
        environment.pop(name, None)
    if not cached:
        environment["PIP_NO_CACHE_DIR"] = "1"
    return environment | {
        "PIP_REQUIRE_VIRTUALENV": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONIOENCODING": "utf-8",
        # So that all of it lies on the disk that was checked for room; Windows reads TEMP.
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch)),
    }
