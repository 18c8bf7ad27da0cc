"""The one training pipeline: what a run is, its texts, its loop, and what comes of it.

RunSpec                      everything that decides what a run of fine-tuning computes
RunStore                     runs: submitted, watched, stopped, resumed
python -m core.tuning.worker takes queued runs until there are none
core.tuning.labelled         data to fine-tune on: read, checked, split
core.tuning.finetune         fine-tuning a model
core.tuning.runs             runs in a process of their own
MaskedSpec                   how the built-in masked model is trained: python -m core.tuning.masked
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from core.tuning.masking import MaskedRows, MaskingRule, Vocabulary, mask_rows
from core.tuning.spec import BatchShape, MaskedSpec, Schedule, TextShare

if TYPE_CHECKING:
    from core.tuning.finetune import RunSpec
    from core.tuning.labelled import DataSource
    from core.tuning.runs import RunStore

__all__ = [
    "BatchShape",
    "DataSource",
    "MaskedRows",
    "MaskedSpec",
    "MaskingRule",
    "RunSpec",
    "RunStore",
    "Schedule",
    "TextShare",
    "Vocabulary",
    "mask_rows",
]

_LATER: Final = {
    "DataSource": "core.tuning.labelled",
    "RunSpec": "core.tuning.finetune",
    "RunStore": "core.tuning.runs",
}
"""What is imported when it is asked for: who only lists runs does not wait for torch."""


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
