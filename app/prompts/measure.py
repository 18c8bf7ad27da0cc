"""The room Measure: a prompt, or several, over a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.prompts.answers import show_answers
from app.prompts.look import Look
from app.prompts.matrix import show_matrix
from app.prompts.one import show_one
from app.prompts.spreading import show_spread
from app.prompts.state import PROMPTS
from app.prompts.two import show_two
from components.controls import choose_view
from core.language import _

PANELS: Final[dict[str, Callable[[Look], None]]] = {
    "one": show_one,
    "two": show_two,
    "matrix": show_matrix,
    "spread": show_spread,
    "generated": show_answers,
}


def show_measure(look: Look) -> None:
    """The panel that is chosen."""
    names = {
        "one": _("One prompt"),
        "two": _("Two prompts"),
        "matrix": _("Matrix"),
        "spread": _("Spread"),
        "generated": _("Written answers"),
    }
    PANELS[choose_view(_("Measure"), names, key=PROMPTS.key("measure"))](look)
