"""Fine-tuning a model on labelled or plain texts: what a run is, how it is done, what it costs.

RunSpec         everything that decides what a run computes
default_spec    a spec to begin with
fine_tune       the run, from its spec to a model in its folder
"""

from core.tuning.finetune.defaults import default_spec
from core.tuning.finetune.running import fine_tune
from core.tuning.finetune.spec import METHODS, PATTERN_METHODS, Method, RunSpec

__all__ = ["METHODS", "PATTERN_METHODS", "Method", "RunSpec", "default_spec", "fine_tune"]
