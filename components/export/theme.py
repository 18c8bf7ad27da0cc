"""Streamlit's theme variables for a page without Streamlit: the same names, the same colours.

A view reads nothing else of a theme, so it looks outside the app as it looks inside.
"""

from __future__ import annotations

from typing import Final

from components.figures.palette import DARK, LIGHT, Palette

_SHAPES: Final = {
    "font": 'system-ui, -apple-system, "Segoe UI", sans-serif',
    "base-radius": "0.5rem",
    "button-radius": "0.5rem",
}


def theme_style() -> str:
    """A style sheet that sets every ``--st-…`` variable, for light and for dark screens."""
    return (
        f":root {{ color-scheme: light dark; {_declared(_SHAPES)} {_declared(_colours(LIGHT))} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_declared(_colours(DARK))} }} }}"
    )


def _colours(palette: Palette) -> dict[str, str]:
    return {
        "primary-color": palette.primary,
        "background-color": palette.background,
        "secondary-background-color": palette.secondary,
        "text-color": palette.text,
        "orange-color": palette.ring,
        "chart-sequential-colors": ",".join(palette.sequential),
        "chart-diverging-colors": ",".join(palette.diverging),
        "chart-categorical-colors": ",".join(palette.categorical),
    }


def _declared(values: dict[str, str]) -> str:
    return " ".join(f"--st-{name}: {value};" for name, value in values.items())
