"""The views where the type of the page is larger, as for a projector: all of a picture grows."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.e2e

SCALE = 22 / 16
TYPE = """pixels => {
  document.documentElement.style.fontSize = pixels;
  dispatchEvent(new Event("resize"));
}"""
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
CUT = """elements => elements.filter((each) =>
  each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1).length"""
SHARP = """() => [...document.querySelectorAll("*")].flatMap((each) =>
  [...(each.shadowRoot ?? each).querySelectorAll("canvas")]).every((canvas) => {
    const wanted = canvas.getBoundingClientRect().width * devicePixelRatio;
    return Math.abs(canvas.width - wanted) <= 1;
  })"""

# A point of the picture, in pixels of 16-pixel type, that lies on something the line tells.
POINTED = {
    "head": (150, 120),
    "grid": (60, 90),
    "lines": (30, 60),
    "qk": (150, 150),
    "patching": (60, 60),
    "curves": (200, 110),
}


def picture(page: Page) -> Locator:
    return page.locator(".view canvas").first


def line_at(shown, x: float, y: float) -> str:
    """What the line says of the point."""
    box = picture(shown.page).bounding_box()
    shown.page.mouse.move(box["x"] + x, box["y"] + y)
    return shown.line()


def drawing(page: Page) -> str:
    page.locator(".save-button").first.focus()
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="SVG").click()
    return Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("section", POINTED)
def test_a_picture_grows_with_the_type_and_is_pointed_at_where_it_lies(alone, section: str) -> None:
    alone.page.set_viewport_size({"width": 960, "height": 900})
    page = alone.open(section)
    x, y = POINTED[section]
    before = line_at(alone, x, y)
    assert before != line_at(alone, 0, -20)
    page.set_viewport_size({"width": round(960 * SCALE), "height": 900})  # as much room in the end
    page.evaluate(TYPE, "22px")
    page.evaluate(DRAWN)
    page.wait_for_function(SHARP)
    assert line_at(alone, x * SCALE, y * SCALE) == before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_words_fit_their_tiles_in_larger_type(alone) -> None:
    page = alone.open("timeline")
    tiles = page.locator(".tile")
    small = tiles.last.bounding_box()["width"]
    page.evaluate(TYPE, "22px")
    assert tiles.last.bounding_box()["width"] == pytest.approx(SCALE * small, abs=0.5)
    assert tiles.evaluate_all(CUT) == 0


@pytest.mark.parametrize("section", ["causal", "timeline"])
def test_what_is_saved_is_the_same_in_every_size_of_type(alone, section: str) -> None:
    page = alone.open(section)
    before = drawing(page)
    page.evaluate(TYPE, "22px")
    wide = picture(page).bounding_box() if section == "causal" else None
    assert drawing(page) == before
    if wide:
        assert picture(page).bounding_box()["width"] == wide["width"]
    assert page.evaluate("document.documentElement.style.fontSize") == "22px"


def test_saving_in_larger_type_leaves_the_rows_where_they_were(alone) -> None:
    page = alone.open("lines300")
    page.evaluate(TYPE, "22px")
    frame = page.locator(".frame").first
    end = frame.evaluate("frame => { frame.scrollTop = 1e6; return frame.scrollTop; }")
    drawing(page)
    assert frame.evaluate("frame => frame.scrollTop") == pytest.approx(end, abs=1)
