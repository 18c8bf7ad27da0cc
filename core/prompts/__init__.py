"""Prompts: built, measured, searched, learnt and kept.

PromptTemplate(source)      a sandboxed jinja2 template; ``.variables``, ``.render(**values)``
Verbalizer(mapping)         the words that stand for each label
evaluate_prompt(model, …)   a prompt over a table: predictions, probabilities, accuracy, confusion
pick_demonstrations(…)      rows that stand before a prompt: random, balanced, nearest
search_triggers(…), search_instructions(…)    templates found on labelled rows
core.prompts.search         the same as runs that can be stopped and resumed
core.prompts.ladder         one labelled set through every method
core.prompts.soft           which words lie near a trained soft prompt
core.prompts.library        prompts that are kept, with versions and results
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.prompts.calibration import CONTENT_FREE, Calibration
    from core.prompts.demonstrations import NearestPicker, Picking, pick_demonstrations
    from core.prompts.evaluation import PromptEvaluation, evaluate_prompt
    from core.prompts.search.direct import search_instructions, search_triggers
    from core.prompts.table import PromptTable, read_table, store_pasted
    from core.prompts.template import PromptPiece, PromptTemplate, Row
    from core.prompts.verbalizer import Averaging, Verbalizer, read_verbalizer, written_verbalizer
    from core.prompts.writing import PromptSettings, WrittenPrompt, write_prompt

__all__ = [
    "CONTENT_FREE",
    "Averaging",
    "Calibration",
    "NearestPicker",
    "Picking",
    "PromptEvaluation",
    "PromptPiece",
    "PromptSettings",
    "PromptTable",
    "PromptTemplate",
    "Row",
    "Verbalizer",
    "WrittenPrompt",
    "evaluate_prompt",
    "pick_demonstrations",
    "read_table",
    "read_verbalizer",
    "search_instructions",
    "search_triggers",
    "store_pasted",
    "write_prompt",
    "written_verbalizer",
]

_PLACES: Final = {
    "calibration": ("CONTENT_FREE", "Calibration"),
    "demonstrations": ("NearestPicker", "Picking", "pick_demonstrations"),
    "evaluation": ("PromptEvaluation", "evaluate_prompt"),
    "search.direct": ("search_instructions", "search_triggers"),
    "table": ("PromptTable", "read_table", "store_pasted"),
    "template": ("PromptPiece", "PromptTemplate", "Row"),
    "verbalizer": ("Averaging", "Verbalizer", "read_verbalizer", "written_verbalizer"),
    "writing": ("PromptSettings", "WrittenPrompt", "write_prompt"),
}
_LATER: Final = {name: place for place, names in _PLACES.items() for name in names}
"""What is imported when it is asked for: who only lists saved prompts does not wait for torch."""


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(import_module(f"core.prompts.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
