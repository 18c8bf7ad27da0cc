"""The room Improve: what makes a prompt better without touching the model, and then with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.prompts.calibrating import show_calibrating
from app.prompts.examples_panel import show_examples
from app.prompts.ladder_panel import show_ladder
from app.prompts.look import Look
from app.prompts.searching import show_searching
from app.prompts.soft_panel import show_soft
from app.prompts.state import PROMPTS
from app.prompts.tables import offer_dataset
from app.prompts.tuned_panel import show_tuned
from components.controls import choose_view
from core.language import _

PANELS: Final[dict[str, Callable[[Look], None]]] = {
    "calibrate": show_calibrating,
    "examples": show_examples,
    "search": show_searching,
    "soft": show_soft,
    "tuned": show_tuned,
    "ladder": show_ladder,
}

_LEARNING: Final = ("search", "soft", "tuned")
"""Panels whose runs read the rows; the others choose theirs on the page."""


def show_improve(look: Look) -> None:
    """The panel that is chosen."""
    names = {"calibrate": _("Calibrate"), "examples": _("Demonstrations")} | more_names()
    chosen = choose_view(_("Improve"), names, key=PROMPTS.key("panel"))
    if chosen in _LEARNING:
        offer_dataset(look.dataset, None)
    PANELS[chosen](look)


def more_names() -> dict[str, str]:
    """What the panels are called that learn from labelled rows."""
    return {
        "search": _("Search"),
        "soft": _("Soft prompt"),
        "tuned": _("Tuned"),
        "ladder": _("Ladder"),
    }
