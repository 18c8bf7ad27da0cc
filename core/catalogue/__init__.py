"""What can be loaded and where it comes from: the list, and getting things from it.

    models(), datasets()    the entries of catalogue.toml
    ensure_model(id)        the folder of a model, fetched where it is not there yet
    ensure_dataset(id)      the same for a dataset
    ensure_scripts()        the folder of the scripts that bertviz draws with

Importing this is quick: what fetches and converts is imported when it is needed.
"""

from core.catalogue.ensuring import (
    ensure,
    ensure_dataset,
    ensure_model,
    fetched_size,
    folder_of,
    is_fetched,
    read_dataset,
)
from core.catalogue.entries import (
    DatasetEntry,
    Entry,
    ModelEntry,
    datasets,
    find_dataset,
    find_model,
    models,
)
from core.catalogue.fetching import Progress
from core.catalogue.jobs import FetchJob, FetchJobs
from core.catalogue.names import is_local
from core.catalogue.safety import check_folder
from core.catalogue.scripts import ensure_scripts, read_scripts
from core.catalogue.weights import WeightsSize, weights_size

__all__ = [
    "DatasetEntry",
    "Entry",
    "FetchJob",
    "FetchJobs",
    "ModelEntry",
    "Progress",
    "WeightsSize",
    "check_folder",
    "datasets",
    "ensure",
    "ensure_dataset",
    "ensure_model",
    "ensure_scripts",
    "fetched_size",
    "find_dataset",
    "find_model",
    "folder_of",
    "is_fetched",
    "is_local",
    "models",
    "read_dataset",
    "read_scripts",
    "weights_size",
]
