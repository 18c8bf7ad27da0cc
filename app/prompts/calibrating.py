"""The panel Calibrate: what the prompt says of nothing, and what is left once that is taken out."""

from __future__ import annotations

from app.prompts.look import Look


def show_calibrating(look: Look) -> None:
    """Content-free inputs, and the figures before and after."""
