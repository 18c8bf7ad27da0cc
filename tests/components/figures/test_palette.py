import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from components.figures.palette import DARK, LIGHT, Palette

CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"
NAMES = {
    "primaryColor": "primary",
    "backgroundColor": "background",
    "secondaryBackgroundColor": "secondary",
    "textColor": "text",
    "orangeColor": "ring",
    "chartSequentialColors": "sequential",
    "chartDivergingColors": "diverging",
    "chartCategoricalColors": "categorical",
}


def lightness(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        light = lightness(colour)
        return ((light + 16) / 116) ** 3 if light > 8 else light / 903.3

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("section", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_theme_has_the_colours_of_the_palette(section: str, palette: Palette) -> None:
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][section]
    assert set(theme) == set(NAMES)
    for key, name in NAMES.items():
        value = theme[key]
        assert (tuple(value) if isinstance(value, list) else value) == getattr(palette, name)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_attention_scale_is_even_in_lightness(palette: Palette) -> None:
    steps = [lightness(colour) for colour in palette.sequential]
    changes = [abs(b - a) for a, b in pairwise(steps)]
    assert max(changes) - min(changes) < 4
    assert steps in (sorted(steps), sorted(steps, reverse=True))


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_difference_scale_is_symmetric_in_lightness(palette: Palette) -> None:
    steps = [lightness(colour) for colour in palette.diverging]
    for less, more in zip(steps[:5], reversed(steps[5:]), strict=True):
        assert abs(less - more) < 1


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_text_and_rings_stand_out_from_the_background(palette: Palette) -> None:
    assert contrast(palette.text, palette.background) > 7
    assert contrast(palette.primary, palette.background) > 4.5
    assert contrast(palette.ring, palette.background) > 4.5
    assert all(contrast(colour, palette.background) > 3 for colour in palette.categorical)


def test_a_palette_refuses_what_is_not_a_colour() -> None:
    with pytest.raises(ValueError, match="not a colour"):
        Palette(
            primary="blue",
            background="#FFFFFF",
            secondary="#FFFFFF",
            text="#FFFFFF",
            ring="#FFFFFF",
            sequential=LIGHT.sequential,
            diverging=LIGHT.diverging,
            categorical=LIGHT.categorical,
        )
