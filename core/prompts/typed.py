"""Parts of a prompt as people type them into a box."""

from __future__ import annotations

from typing import Final

EMPTY: Final = "(empty)"
"""How a content-free input that is nothing is written."""


def read_partials(text: str) -> dict[str, str]:
    """Partials by name: ``== name ==`` stands on a line of its own, then the text."""
    partials: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        bare = line.strip()
        if bare.startswith("==") and bare.endswith("==") and bare.strip("= "):
            name = bare.strip("= ")
            partials[name] = []
        elif name:
            partials[name].append(line)
    return {name: "\n".join(lines).strip("\n") for name, lines in partials.items()}


def read_content_free(text: str) -> tuple[str, ...]:
    """The inputs of calibration, a line each."""
    return tuple(
        "" if line.strip() == EMPTY else line for line in text.splitlines() if line.strip()
    )
