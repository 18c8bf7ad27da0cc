"""The saved prompts of this server; one library per process."""

from __future__ import annotations

from functools import cache

from core.prompts.library import PromptLibrary


@cache
def library() -> PromptLibrary:
    """The library under ``HEADLIGHT_HOME``."""
    return PromptLibrary()
