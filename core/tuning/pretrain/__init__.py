"""Training a model from nothing: what a run is, and a spec to begin with.

PretrainSpec    everything that decides what a run computes
default_spec    a spec to begin with, by objective, language and size
PRESETS, TEXTS  the sizes and the texts there are
"""

from core.tuning.pretrain.defaults import PRESETS, TEXTS, Preset, Size, default_spec
from core.tuning.pretrain.spec import NUMBERS, TOKENIZERS, Objective, PretrainSpec, TokenizerKind

__all__ = [
    "NUMBERS",
    "PRESETS",
    "TEXTS",
    "TOKENIZERS",
    "Objective",
    "Preset",
    "PretrainSpec",
    "Size",
    "TokenizerKind",
    "default_spec",
]
