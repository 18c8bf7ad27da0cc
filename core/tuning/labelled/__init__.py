"""Data to learn from: catalogue, uploads and hub datasets, read, checked, cleaned and split.

preview(file=…)         the first rows, and the kind and columns that are most likely meant
prepare(DataSource(…))  examples for training and validation, and a report on what was found
token_lengths(…)        how long the examples are for a model, and which would be cut
store_upload(name, …)   keep an uploaded file
"""

from core.tuning.labelled.columns import Columns
from core.tuning.labelled.examples import DataSource, Examples, Kind
from core.tuning.labelled.lengths import TokenLengths, token_lengths
from core.tuning.labelled.preparing import Prepared, prepare
from core.tuning.labelled.report import ClassCount, DataReport, Problem
from core.tuning.labelled.sources import Preview, preview
from core.tuning.labelled.uploads import SIZE_LIMIT, TYPES, store_upload, upload_path

__all__ = [
    "SIZE_LIMIT",
    "TYPES",
    "ClassCount",
    "Columns",
    "DataReport",
    "DataSource",
    "Examples",
    "Kind",
    "Prepared",
    "Preview",
    "Problem",
    "TokenLengths",
    "prepare",
    "preview",
    "store_upload",
    "token_lengths",
    "upload_path",
]
