"""The panel Demonstrations: how many, which, and in what order."""

from __future__ import annotations

from app.prompts.look import Look


def show_examples(look: Look) -> None:
    """The demonstrations and what their order does."""
