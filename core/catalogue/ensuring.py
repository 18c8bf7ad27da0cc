"""``ensure_model`` and ``ensure_dataset``: the one way from a name to a folder on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.catalogue import dataset_folders, model_folders
from core.catalogue.entries import DatasetEntry, Entry, ModelEntry, find_dataset
from core.catalogue.fetching import Progress, part, silent
from core.catalogue.names import HubName, meaning_of
from core.catalogue.safety import check_folder
from core.errors import InputError, UnsupportedError
from core.language import _

if TYPE_CHECKING:
    import pandas as pd

RUN: Final = ("run:", "tuned:")
"""How the names of models begin that runs made, here or before Headlight was shipped."""


def ensure_model(model_id: str, progress: Progress | None = None) -> Path:
    """The folder of a model: of the catalogue, the hub, a run, or a local one; fetched if need be.

    At once and without the network where it is there already. ``progress`` is told the fraction
    and the step, and stops the fetch by raising ``FetchStopped``. Raises ``ModelNotFoundError``,
    ``UnsafeModelError``, ``BrokenModelError`` or a ``FetchError``.
    """
    if model_id.startswith(RUN):
        return _run_model(model_id)
    meant = meaning_of(model_id)
    if isinstance(meant, Path):
        check_folder(meant)
        return meant
    report = progress or silent
    if isinstance(meant, HubName):
        return model_folders.fetch_hub_model(meant.repo, report)
    if meant.source == "package":
        return model_folders.fetch_package_model(meant, report)
    if meant.source == "trained":
        return _trained_model(meant, report)
    return model_folders.fetch_hub_model(
        meant.repo, report, revision=meant.revision, kind=meant.kind, licence=meant.licence
    )


def _run_model(name: str) -> Path:
    """The folder of the model that a run kept, or of a checkpoint of it."""
    from core.tuning.kept import find_kept  # which knows runs, and they the catalogue

    kept = find_kept(name)
    if kept.is_adapter:
        raise UnsupportedError(
            _(
                "The run “{name}” trained an adapter, which is no whole model: merge it and export "
                "it first, or choose the model that it belongs to."
            ).format(name=kept.record.name)
        )
    return kept.folder


def _trained_model(entry: ModelEntry, progress: Progress) -> Path:
    if model_folders.is_there(entry):
        return model_folders.folder_of(entry)
    base = ensure_model(entry.base, part(progress, 0.0, 0.8)) if entry.base else None
    return model_folders.build_trained_model(entry, base, part(progress, 0.8, 1.0))


def ensure_dataset(dataset_id: str, progress: Progress | None = None) -> Path:
    """The folder of a dataset of the catalogue, fetched where it is not there yet.

    At once where it is there. Raises ``FetchError`` or one of its kinds; ``InputError`` where the
    catalogue has no such dataset.
    """
    entry = find_dataset(dataset_id)
    if entry is None:
        raise InputError(
            _("There is no dataset “{name}”; python -m core.catalogue list names them all.").format(
                name=ascii(dataset_id[:60])[1:-1]
            )
        )
    return dataset_folders.fetch_dataset(entry, progress or silent)


def read_dataset(dataset_id: str, progress: Progress | None = None) -> pd.DataFrame:
    """The rows of a dataset as a table (see ``tables.py`` for its columns), fetched if need be."""
    from core.catalogue import tables  # pandas takes a second to import

    return tables.read_rows(ensure_dataset(dataset_id, progress), dataset_id)


def ensure(entry: Entry, progress: Progress | None = None) -> Path:
    """The folder of any entry of the catalogue, fetched where it is not there yet."""
    if isinstance(entry, DatasetEntry):
        return ensure_dataset(entry.id, progress)
    return ensure_model(entry.id, progress)


def folder_of(entry: Entry) -> Path:
    """Where an entry lies once it is fetched; nothing needs to be there."""
    if isinstance(entry, ModelEntry):
        return model_folders.folder_of(entry)
    return dataset_folders.folder_of(entry)


def is_fetched(entry: Entry) -> bool:
    """Whether it is on this machine, whole, in the version that the catalogue names."""
    if isinstance(entry, ModelEntry):
        return model_folders.is_there(entry)
    return dataset_folders.is_there(entry)


def fetched_size(entry: Entry) -> int:
    """The bytes it takes on this machine; 0 where it is not fetched."""
    if not is_fetched(entry):
        return 0
    return sum(path.stat().st_size for path in folder_of(entry).rglob("*") if path.is_file())
