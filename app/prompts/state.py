"""What the session and an address hold for the Prompts page."""

from __future__ import annotations

from typing import Final

from app.codec import (
    PageState,
    Param,
    flag,
    name_list,
    number_in,
    number_list,
    one_of,
    shown_flag,
    shown_names,
    shown_numbers,
)
from app.examples import examples
from app.prompts.defaults import defaults

PROMPT_TABS: Final = ("build", "measure", "improve", "library")
"""The rooms of the page."""

PICKINGS: Final = ("none", "hand", "random", "balanced", "nearest")
"""Where demonstrations come from; "none" shows none."""

IMPROVE_PANELS: Final = ("calibrate", "examples", "search", "soft", "tuned", "ladder")
"""What the room Improve shows."""

MEASURE_PANELS: Final = ("one", "two", "matrix", "spread", "generated")
"""What the room Measure shows."""

SPREADS: Final = ("words", "order", "seed")
METRICS: Final = ("exact", "regex", "json", "rouge", "bleu")

SEARCHES: Final = ("triggers", "instructions", "mining")
"""What is searched for."""

NEARNESS: Final = ("cosine", "euclidean")
LADDER_AXES: Final = ("trainable", "seconds", "labels")

PARTS: Final = ("development", "test")
MOST_ROWS: Final = 5_000
"""Of larger tables so many rows are drawn."""
AVERAGINGS: Final = ("mean", "sum", "max")
"""As in ``core.prompts``, which is not imported before it is needed: it takes seconds."""

PROMPTS: Final = PageState(
    page="prompts",
    params=(
        Param(name="model", default=lambda: examples().causal_model),
        Param(name="tab", default=lambda: "build", parse=one_of(*PROMPT_TABS)),
        # the prompt
        Param(name="template", default=lambda: defaults().template),
        Param(name="words", default=lambda: defaults().words),
        Param(name="averaging", default=lambda: "mean", parse=one_of(*AVERAGINGS)),
        Param(name="partials", default=str),
        Param(name="chat", default=lambda: False, parse=flag, show=shown_flag),
        Param(name="system", default=str),
        Param(name="separator", default=lambda: "\\n\\n"),
        # demonstrations
        Param(name="picking", default=lambda: "none", parse=one_of(*PICKINGS)),
        Param(name="shots", default=lambda: 4, parse=number_in(0, 64)),
        Param(name="seed", default=lambda: 0, parse=number_in(0, 9999)),
        Param(name="chosen", default=list, parse=number_list, show=shown_numbers),
        # rows
        Param(name="dataset", default=lambda: defaults().dataset),
        Param(name="file", default=str),
        Param(name="label", default=str),
        Param(name="row", default=lambda: 0, parse=number_in(0, 9999)),
        Param(name="part", default=lambda: "development", parse=one_of(*PARTS)),
        Param(name="count", default=lambda: 200, parse=number_in(1, MOST_ROWS)),
        # calibration
        Param(name="calibrate", default=lambda: False, parse=flag, show=shown_flag),
        Param(name="free", default=lambda: defaults().free),
        # what is shown
        Param(name="panel", default=lambda: "calibrate", parse=one_of(*IMPROVE_PANELS)),
        Param(name="measure", default=lambda: "one", parse=one_of(*MEASURE_PANELS)),
        # searches, soft prompts, ladders and saved prompts
        Param(name="way", default=lambda: "triggers", parse=one_of(*SEARCHES)),
        Param(name="search", default=str),
        Param(name="soft", default=str),
        Param(name="measure_by", default=lambda: "cosine", parse=one_of(*NEARNESS)),
        Param(name="ladder", default=str),
        Param(name="axis", default=lambda: "trainable", parse=one_of(*LADDER_AXES)),
        Param(name="saved", default=str),
        Param(name="version", default=lambda: 0, parse=number_in(0, 9999)),
        # a second prompt, and other models
        Param(name="other", default=lambda: defaults().other),
        Param(name="other_words", default=lambda: defaults().other_words),
        Param(name="other_model", default=str),
        Param(name="models", default=list, parse=name_list, show=shown_names),
        Param(name="spread", default=lambda: "words", parse=one_of(*SPREADS)),
        # answers that are written
        Param(name="metric", default=lambda: "exact", parse=one_of(*METRICS)),
        Param(name="pattern", default=str),
        Param(name="wanted", default=str),
        Param(name="new", default=lambda: 8, parse=number_in(1, 200)),
    ),
)
