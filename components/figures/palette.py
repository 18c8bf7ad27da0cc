"""The colours of Headlight: one source for figures, and the same as in ``.streamlit/config.toml``.

It does not know Streamlit: which palette is right now, the caller says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Final

_HEX: Final = re.compile(r"#[0-9A-F]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of one theme, each as ``#RRGGBB``."""

    primary: str
    background: str
    secondary: str
    text: str
    ring: str
    """Around what is selected."""
    sequential: tuple[str, ...]
    """Ten steps, even in lightness, for attention and probabilities; the first is zero."""
    diverging: tuple[str, ...]
    """Ten steps for differences, blue (less) to orange (more), symmetric about zero."""
    categorical: tuple[str, ...]
    """For series; always with a second sign (a dash, a marker, a name)."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            for colour in (value,) if isinstance(value, str) else value:
                if not _HEX.fullmatch(colour):
                    raise ValueError(f"{field.name}: {colour!r} is not a colour like #2F5DA8")
        if len(self.sequential) != 10 or len(self.diverging) != 10:
            raise ValueError("sequential and diverging scales have ten steps each")


LIGHT: Final = Palette(
    primary="#2F5DA8",
    background="#FFFFFF",
    secondary="#F5F7FA",
    text="#1B2333",
    ring="#B45309",
    sequential=(
        *("#FFFFFF", "#D5E6FE", "#ABCBFF", "#86B0FA", "#6C95E9"),
        *("#577AD1", "#4660B5", "#374995", "#293471", "#1C214D"),
    ),
    diverging=(
        *("#153982", "#2F5DB6", "#608BDB", "#9BBAF0", "#E3EBFA"),
        *("#FBE8D8", "#EEAB6F", "#CC7609", "#905100", "#5E3300"),
    ),
    categorical=("#2F5DA8", "#B45309", "#0F766E", "#7C3AED", "#B4235A", "#64748B"),
)
DARK: Final = Palette(
    primary="#7FB0FF",
    background="#11151C",
    secondary="#1A202B",
    text="#E6EAF2",
    ring="#FFB454",
    sequential=(
        *("#12141E", "#132945", "#004361", "#005F70", "#007C7C"),
        *("#019B80", "#3EB874", "#92CB72", "#D0DC87", "#FEEFB4"),
    ),
    diverging=(
        *("#CBDEFE", "#87B1FE", "#5880CC", "#395487", "#1F2A3E"),
        *("#372718", "#7A4A19", "#BA6F1E", "#F29D4B", "#FED5B3"),
    ),
    categorical=("#7FB0FF", "#FFB454", "#4FD1B5", "#C4A5FF", "#FF8FB1", "#A3AEC2"),
)
