"""Heads in the order of a score, heads that are not square, and the difference of two heads."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

COLOURS = """canvas => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""


@pytest.mark.parametrize("section", ["sorted", "cross", "difference", "effects", "patching"])
@pytest.mark.parametrize("shown", ["light", "dark narrow"], indirect=True)
def test_every_section_draws_in_both_themes_and_on_a_narrow_screen(shown, section: str) -> None:
    page = shown.open(section)
    for canvas in page.locator("canvas.picture").all():
        assert canvas.evaluate(COLOURS) > 10
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_sorted_heads_scroll_inside_their_own_frame(shown) -> None:
    page = shown.open("sorted")
    frame = page.locator(".frame")
    assert frame.bounding_box()["height"] <= 640
    frame.focus()
    page.keyboard.press("End")
    assert shown.line() == "layer 29 · head 8 broad token 0.42"
    assert frame.evaluate("frame => frame.scrollTop") > 1000
    page.keyboard.press("Enter")
    expect(page.get_by_text("selected: (29, 8)")).to_be_visible()


def test_the_legend_of_tinted_heads_says_what_the_bars_are(shown) -> None:
    page = shown.open("sorted")
    assert "score “previous token”, 0–1" in page.locator(".legend").inner_text()


def test_a_click_on_a_tile_below_the_fold_chooses_that_head(shown) -> None:
    page = shown.open("sorted")
    frame = page.locator(".frame")
    frame.evaluate("frame => { frame.scrollTop = frame.scrollHeight; }")
    box = frame.bounding_box()
    page.mouse.click(box["x"] + 30, box["y"] + box["height"] - 60)
    expect(page.get_by_text("selected: (26, 5)")).to_be_visible()


def test_a_head_that_is_not_square_says_its_weights_and_takes_no_preview(shown) -> None:
    page = shown.open("cross")
    wall = page.locator("canvas.rings").nth(2).bounding_box()
    page.mouse.click(wall["x"] + 150, wall["y"] + 42 + 30)
    assert page.locator(".frame[aria-busy]").get_attribute("aria-busy") == "false"
    page.locator(".frame[aria-busy]").focus()
    page.keyboard.press("ArrowRight")
    assert re.fullmatch(r"<s> → \[CLS\] 0\.\d{3}", shown.line(3))


def test_a_difference_says_its_sign_and_its_limits(shown) -> None:
    page = shown.open("difference")
    assert page.locator(".tick").all_inner_texts() == ["−0.60", "0.00", "+0.60"]
    page.locator(".frame").focus()
    page.keyboard.press("ArrowRight")
    assert re.fullmatch(r"\[CLS\] → \[CLS\] \+0\.\d{3}", shown.line())
    page.keyboard.press("ArrowRight")
    assert re.fullmatch(r"\[CLS\] → the −0\.\d{3}", shown.line())
    assert "not in the colours" not in page.locator(".legend").inner_text()


def test_page_keys_ask_for_the_next_head_and_layer_counted_from_the_one_shown(shown) -> None:
    page = shown.open("difference")
    page.locator(".frame").focus()
    expect(page.locator(".line")).to_have_text(re.compile("Page Up and Page Down"))
    page.keyboard.press("PageDown")
    expect(page.get_by_text("steps: [(0, 1)]")).to_be_visible()
    page.keyboard.press("Shift+PageUp")
    expect(page.get_by_text("steps: [(0, 1), (-1, 1)]")).to_be_visible()
    expect(page.locator(".frame")).to_be_focused()


def test_the_label_of_a_row_chooses_the_row(shown) -> None:
    page = shown.open("difference")
    box = page.locator("canvas.marks").bounding_box()
    page.mouse.click(box["x"] + 45, box["y"] + 90)
    expect(page.get_by_text(re.compile(r"selected: \(0, -1\)"))).to_be_visible()
