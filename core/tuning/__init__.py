"""The one training pipeline: what a run is, its texts, its loop, and what comes of it.

RunSpec                      everything that decides what a run computes
python -m core.tuning.masked makes the built-in masked model
core.tuning.labelled         data to fine-tune on: read, checked, split
core.tuning.finetune         fine-tuning a model
core.tuning.runs             runs in a process of their own: python -m core.tuning.worker
"""

from core.tuning.masking import MaskedRows, MaskingRule, Vocabulary, mask_rows
from core.tuning.spec import BatchShape, RunSpec, Schedule, TextShare

__all__ = [
    "BatchShape",
    "MaskedRows",
    "MaskingRule",
    "RunSpec",
    "Schedule",
    "TextShare",
    "Vocabulary",
    "mask_rows",
]
