"""What the session and an address hold for the Train page."""

from __future__ import annotations

from typing import Final

from app.codec import PageState, Param, one_of

TRAIN_TABS: Final = ("new", "runs")
"""A new run, and all that there are."""

TRAIN_METHODS: Final = ("full", "lora", "head", "prompt", "prefix", "pet")
"""As in ``core.tuning.finetune``, which is not imported before it is needed: it takes seconds."""

TRAIN: Final = PageState(
    page="train",
    params=(
        Param(name="tab", default=lambda: "new", parse=one_of(*TRAIN_TABS)),
        Param(name="run", default=str),
        Param(name="dataset", default=lambda: "movie-snippets"),
        Param(name="model", default=lambda: "minilm-l6"),
        Param(name="method", default=lambda: "full", parse=one_of(*TRAIN_METHODS)),
    ),
)
