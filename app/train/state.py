"""What the session and an address hold for the Train page."""

from __future__ import annotations

from typing import Final

from app.codec import PageState, Param, name_list, one_of, shown_names
from app.examples import examples
from core.language import current_language

TRAIN_TABS: Final = ("new", "runs")
"""A new run, and all that there are."""

TRAIN_PANELS: Final = ("probes", "prompts", "results", "model", "labels", "forgotten", "all")
"""What is shown of a run below its curves."""

TRAIN_METHODS: Final = ("full", "lora", "head", "prompt", "prefix", "pet", "pet-lora", "pet-prompt")
"""As in ``core.tuning.finetune``, which is not imported before it is needed: it takes seconds."""

TRAIN_STARTS: Final = ("model", "nothing")
"""What a run starts from: a model that has learnt already, or random numbers."""

TRAIN_OBJECTIVES: Final = ("masked", "causal", "seq2seq")
"""As in ``core.tuning.pretrain``."""

TRAIN_SIZES: Final = ("tiny", "mini", "small", "medium")
"""As in ``core.tuning.pretrain``, the smallest first."""


def _corpus() -> str:
    """News in the language that is spoken."""
    return "news-zh" if current_language() == "zh" else "news-articles"


TRAIN: Final = PageState(
    page="train",
    params=(
        Param(name="tab", default=lambda: "new", parse=one_of(*TRAIN_TABS)),
        Param(name="run", default=str),
        Param(name="with", default=list, parse=name_list, show=shown_names),
        Param(name="start", default=lambda: "model", parse=one_of(*TRAIN_STARTS)),
        Param(name="panel", default=lambda: "probes", parse=one_of(*TRAIN_PANELS)),
        Param(name="probe", default=str),
        Param(name="dataset", default=lambda: examples().dataset),
        Param(name="model", default=lambda: examples().trained_model),
        Param(name="method", default=lambda: "full", parse=one_of(*TRAIN_METHODS)),
        Param(name="corpus", default=_corpus),
        Param(name="objective", default=lambda: "masked", parse=one_of(*TRAIN_OBJECTIVES)),
        Param(name="size", default=lambda: "tiny", parse=one_of(*TRAIN_SIZES)),
    ),
)
