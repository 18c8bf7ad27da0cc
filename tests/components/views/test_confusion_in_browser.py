"""Confusion matrices in a real browser. This file is also the page that it drives:

python -m streamlit run tests/components/views/test_confusion_in_browser.py    and /?show=three
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from playwright.sync_api import Page, expect

from components.views.confusion import confusion
from tests.e2e.driving import start_server, stop_server

pytestmark = pytest.mark.e2e

ATTACK = "</script><img src=x onerror=alert(1)>"
TEXTS = """text => [...new DOMParser().parseFromString(text, "image/svg+xml")
  .querySelectorAll("text")].map((each) => each.textContent)"""
COUNTS = np.array([[128, 22, 0], [36, 100, 14], [0, 0, 0]])


def show_three() -> None:
    """Three labels, one of which never occurs."""
    confusion(
        COUNTS,
        ("negative", "positive", "没有"),
        key="three",
        label="Confusion matrix of three labels",
        before=np.array([[75, 75, 0], [60, 90, 0], [0, 0, 0]]),
        before_label="before the first step",
        source="run · Headlight 0.1.0",
    )


def show_odd() -> None:
    """Many labels, one label, and names that are hard to show."""
    drawn = np.random.default_rng(0)
    names = [f"label {number} of many" for number in range(60)]
    confusion(drawn.integers(0, 9, (60, 60)), names, key="many", label="many")
    confusion(np.array([[7]]), [ATTACK], key="one", label=ATTACK)


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    {"three": show_three, "odd": show_odd}[st.query_params.get("show", "three")]()


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


@pytest.mark.parametrize("section", ["three", "odd"])
@pytest.mark.parametrize("shown", ["light", "dark narrow"], indirect=True)
def test_every_matrix_stays_within_the_page_in_both_themes(shown, section: str) -> None:
    page = shown.open(section)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("img[src=x]").count() == 0


def test_keys_go_from_cell_to_cell_and_say_what_is_in_them(shown) -> None:
    page = shown.open("three")
    page.locator(".frame").focus()
    page.keyboard.press("ArrowRight")
    assert shown.line() == (
        "right negative predicted positive 22 of 150 0.147 before the first step 0.500"
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    assert shown.line().startswith("right positive predicted negative 36 of 150 0.240")
    page.keyboard.press("ArrowDown")
    assert shown.line() == "right 没有 predicted negative 0 of 0"
    page.keyboard.press("ArrowDown")
    assert shown.line() == "right 没有 predicted negative 0 of 0"


def test_pointing_says_what_the_keyboard_says(shown) -> None:
    page = shown.open("three")
    box = page.locator("canvas").bounding_box()
    for at in np.linspace(0, box["width"] - 1, 40):
        page.mouse.move(box["x"] + at, box["y"] + 60)
        if shown.line().startswith("right negative predicted positive 22"):
            break
    else:
        pytest.fail("no place of the picture says the count of 22")
    page.mouse.move(2, 2)
    expect(page.locator(".line")).to_have_class(re.compile("hint"))


def test_names_and_counts_are_text_in_a_saved_drawing(shown) -> None:
    texts = save(shown.open("three"))
    for expected in ("Confusion matrix of three labels", "predicted →", "128", "22", "14"):
        assert expected in texts
    assert texts[-1] == "run · Headlight 0.1.0"
