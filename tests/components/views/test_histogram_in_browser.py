"""Histograms in a real browser. This file is also the page that it drives:

python -m streamlit run tests/components/views/test_histogram_in_browser.py    and open /?show=draws
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import comb
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from playwright.sync_api import Page, expect

from components.views.histogram import histogram
from tests.e2e.driving import start_server, stop_server

pytestmark = pytest.mark.e2e

ATTACK = "</script><img src=x onerror=alert(1)>"
TEXTS = """text => [...new DOMParser().parseFromString(text, "image/svg+xml")
  .querySelectorAll("text")].map((each) => each.textContent)"""
FIRST, EXPECTED = 0, [1000 * comb(30, n) * 0.15**n * 0.85 ** (30 - n) for n in range(12)]
DRAWS = [8, 42, 97, 181, 199, 190, 123, 89, 44, 19, 6, 2]


def show_draws() -> None:
    """A thousand draws of thirty tokens, each chosen with 15 %."""
    histogram(
        DRAWS,
        key="draws",
        label="1,000 draws of this text",
        expected=EXPECTED,
        first=FIRST,
        marked=7,
        marked_label="this draw",
        value_label="tokens chosen",
        count_label="draws",
        source="MiniLM-L6 masked · Headlight 0.1.0",
    )


def show_odd() -> None:
    """Many values, one value, nothing that came up, and texts that are hard to show."""
    rng = np.random.default_rng(0)
    many = np.bincount(rng.binomial(512, 0.15, 100_000), minlength=513)
    names = {"value_label": ATTACK, "count_label": "很多次"}
    histogram(many, key="many", label="513 values", expected=many * 1.1, marked=512, **names)
    histogram([0, 0], key="none", label="none", first=-1, marked=0, marked_label=ATTACK, **names)
    histogram([7], key="one", label="one", first=70, **names)


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    {"draws": show_draws, "odd": show_odd}[st.query_params.get("show", "draws")]()


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of this file as a page."""
    process, address = start_server(tmp_path_factory.mktemp("page"), entry=str(Path(__file__)))
    try:
        yield address
    finally:
        stop_server(process)


def save(page: Page) -> list[str]:
    """The texts of the view, saved as an SVG."""
    page.locator(".save-button").first.focus()
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="SVG").click()
    return page.evaluate(TEXTS, Path(download.value.path()).read_text(encoding="utf-8"))


@pytest.mark.parametrize("section", ["draws", "odd"])
@pytest.mark.parametrize("shown", ["light", "dark narrow"], indirect=True)
def test_every_histogram_stays_within_the_page_in_both_themes(shown, section: str) -> None:
    page = shown.open(section)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("img[src=x]").count() == 0


def test_a_bar_says_its_value_its_count_and_what_was_expected(shown) -> None:
    page = shown.open("draws")
    page.locator(".frame").focus()
    page.keyboard.press("Home")
    assert shown.line() == f"tokens chosen 0 draws 8 expected {EXPECTED[0]:.1f}"
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    assert shown.line() == f"tokens chosen 7 draws 89 expected {EXPECTED[7]:.1f} this draw"
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert shown.line().startswith("tokens chosen 11 draws 2")


def test_pointing_says_what_the_keyboard_says(shown) -> None:
    page = shown.open("draws")
    box = page.locator("canvas").bounding_box()
    for at in np.linspace(0, box["width"] - 1, 60):
        page.mouse.move(box["x"] + at, box["y"] + 150)
        if shown.line().startswith("tokens chosen 4 draws 199"):
            break
    else:
        pytest.fail("no place of the picture says the count of 4")
    page.mouse.move(2, 2)
    expect(page.locator(".line")).to_have_class(re.compile("hint"))


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_a_tap_says_the_count_and_it_stays(shown) -> None:
    page = shown.open("draws")
    page.locator("canvas").tap(position={"x": 180, "y": 150})
    assert re.match(r"tokens chosen \d draws \d+ expected", shown.line())


def test_axes_mark_and_legend_are_text_in_a_saved_drawing(shown) -> None:
    texts = save(shown.open("draws"))
    for expected in ("1,000 draws of this text", "tokens chosen →", "draws", "this draw", "200"):
        assert expected in texts
    assert {"0", "11", "expected"} <= set(texts)
    assert texts[-1] == "MiniLM-L6 masked · Headlight 0.1.0"
