"""Strips in a real browser. This file is also the page that it drives:

python -m streamlit run tests/components/views/test_vector_strips_in_browser.py  and open /?show=odd
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from playwright.sync_api import Page, expect

from components.views.vector_strips import Strip, vector_strips
from tests.e2e.driving import start_server, stop_server

pytestmark = pytest.mark.e2e

ATTACK = "</script><img src=x onerror=alert(1)>"
TEXTS = """text => [...new DOMParser().parseFromString(text, "image/svg+xml")
  .querySelectorAll("text")].map((each) => each.textContent)"""
HIDDEN = np.random.default_rng(0).normal(0, 0.7, 384).astype(np.float32)


def show_path() -> None:
    """The way of next sentence prediction."""
    vector_strips(
        [
            Strip("h, the last vector of [CLS]", HIDDEN, note="384 numbers"),
            Strip("p, pooled", np.tanh(HIDDEN), note="384 numbers, each between −1 and 1"),
            Strip("z, the two logits", np.array([2.417, -1.083]), note="index 0: is next"),
        ],
        key="path",
        label="From the vector of [CLS] to two logits",
        source="MiniLM-L6 masked · Headlight 0.1.0",
    )


def show_odd() -> None:
    """Long, prime, tiny, empty of anything but zeros, and texts that are hard to show."""
    rng = np.random.default_rng(1)
    vector_strips(
        [
            Strip(ATTACK, rng.normal(size=1024), note=ATTACK),
            Strip("一个质数", rng.normal(size=397)),
            Strip("tiny", rng.normal(0, 1e-7, 12)),
            Strip("zeros", np.zeros(9)),
        ],
        key="odd",
        label=ATTACK,
    )
    vector_strips(
        [Strip("one", np.array([-3.0])), Strip("two", np.ones(2))], key="s", label="s", shared=True
    )


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    {"path": show_path, "odd": show_odd}[st.query_params.get("show", "path")]()


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of this file as a page."""
    process, address = start_server(tmp_path_factory.mktemp("page"), entry=str(Path(__file__)))
    try:
        yield address
    finally:
        stop_server(process)


def press(page: Page, *keys: str) -> None:
    page.locator(".frame").first.focus()
    for key in keys:
        page.keyboard.press(key)


def save(page: Page) -> list[str]:
    """The texts of the view, saved as an SVG."""
    page.locator(".save-button").first.focus()
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="SVG").click()
    return page.evaluate(TEXTS, Path(download.value.path()).read_text(encoding="utf-8"))


@pytest.mark.parametrize("section", ["path", "odd"])
@pytest.mark.parametrize("shown", ["light", "dark narrow"], indirect=True)
def test_strips_stay_within_the_page_in_both_themes(shown, section: str) -> None:
    page = shown.open(section)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("img[src=x]").count() == 0


def test_a_cell_says_its_strip_its_dimension_and_its_number(shown) -> None:
    page = shown.open("path")
    press(page, "Home", "ArrowRight", "ArrowRight")
    value = f"{HIDDEN[2]:+.3f}".replace("-", "−")
    assert shown.line() == f"h, the last vector of [CLS] dimension 2 {value}"
    press(page, "End")
    assert "dimension 383" in shown.line()
    for _ in range(8):
        press(page, "ArrowDown")
    assert shown.line() == "z, the two logits dimension 1 −1.083"
    press(page, "ArrowLeft", "ArrowUp")
    assert shown.line().startswith("p, pooled dimension ")


def test_pointing_says_what_the_keyboard_says(shown) -> None:
    page = shown.open("path")
    page.locator("canvas").last.hover(position={"x": 30, "y": 12})
    assert shown.line() == "z, the two logits dimension 0 +2.417"
    page.mouse.move(2, 2)
    expect(page.locator(".line")).to_have_class(re.compile("hint"))


@pytest.mark.parametrize("shown", ["light", "light narrow"], indirect=True)
def test_every_dimension_of_384_can_be_pointed_at(shown) -> None:
    page = shown.open("path")
    box = page.locator("canvas").first.bounding_box()
    lines = 2 if box["width"] > 900 else 6
    said = set()
    for line in range(lines):
        page.mouse.move(
            box["x"] + box["width"] - 4, box["y"] + (line + 0.5) * box["height"] / lines
        )
        said.add(re.search(r"dimension (\d+)", shown.line()).group(1))
    assert said == {str(384 // lines * (line + 1) - 1) for line in range(lines)}


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_a_tap_says_the_number_and_it_stays(shown) -> None:
    page = shown.open("path")
    page.locator("canvas").last.tap(position={"x": 80, "y": 12})
    assert shown.line() == "z, the two logits dimension 1 −1.083"


def test_titles_limits_and_numbers_are_text_in_a_saved_drawing(shown) -> None:
    texts = save(shown.open("path"))
    assert texts[0] == "From the vector of [CLS] to two logits"
    for expected in ("p, pooled", "+2.417", "−1.083", "colours to ±2.417"):
        assert expected in texts
    assert texts[-1] == "MiniLM-L6 masked · Headlight 0.1.0"


def test_shared_colours_print_their_ends(shown) -> None:
    page = shown.open("odd")
    legend = page.locator(".legend").last
    assert legend.locator(".tick").all_inner_texts() == ["−3.000", "0", "+3.000"]
