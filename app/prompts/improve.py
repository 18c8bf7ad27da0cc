"""The room Improve: what makes a prompt better without touching the model, and then with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.prompts.calibrating import show_calibrating
from app.prompts.examples_panel import show_examples
from app.prompts.look import Look
from app.prompts.state import PROMPTS
from components.controls import choose_view
from core.language import _

PANELS: Final[dict[str, Callable[[Look], None]]] = {
    "calibrate": show_calibrating,
    "examples": show_examples,
}


def show_improve(look: Look) -> None:
    """The panel that is chosen."""
    names = {"calibrate": _("Calibrate"), "examples": _("Demonstrations")}
    PANELS[choose_view(_("Improve"), names, key=PROMPTS.key("panel"))](look)
