"""Walls of numbers, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

COUNT_PREVIEWS = """window.previews = 0;
addEventListener("headlight-preview", () => { window.previews += 1; });"""


def go(page: Page, *keys: str) -> None:
    page.locator(".frame").first.focus()
    for key in keys:
        page.keyboard.press(key)


def test_a_cell_says_its_head_its_number_and_its_unit(shown) -> None:
    page = shown.open("effects")
    go(page, "ArrowUp", "ArrowLeft")  # from the selected head, layer 3 head 1
    assert re.fullmatch(r"layer 2 · head 0 0\.\d{3} 1 − cosine", shown.line())


def test_pointing_says_what_the_keyboard_says(shown) -> None:
    page = shown.open("effects")
    box = page.locator("canvas.rings").first.bounding_box()
    page.mouse.move(box["x"] + 3 + 43 * 7 + 20, box["y"] + 45 + 38 * 3 + 18)
    assert shown.line().startswith("layer 3 · head 7 0.106 1 − cosine")
    assert shown.line().endswith("control: a random head of the same layer")
    page.mouse.move(2, 2)
    expect(page.locator(".line").first).to_have_class(re.compile("hint"))


def test_what_was_not_computed_says_so_and_is_hatched_in_the_legend(shown) -> None:
    page = shown.open("effects")
    go(page, "ArrowDown", "ArrowRight", "ArrowRight")
    assert shown.line() == "layer 4 · head 3 not computed"
    legend = page.locator(".legend").first
    assert "not computed" in legend.inner_text()
    assert "control: a random head of the same layer" in legend.inner_text()


def test_the_legend_prints_where_the_colours_end(shown) -> None:
    page = shown.open("effects")
    assert page.locator(".legend").first.locator(".tick").all_inner_texts() == ["0.000", "0.106"]
    assert page.locator(".legend").last.locator(".tick").all_inner_texts() == ["0", "1"]
    page = shown.open("patching")
    assert page.locator(".tick").all_inner_texts() == ["−2.41", "0.00", "+2.41"]


def test_a_difference_says_its_sign_and_layers_run_across(shown) -> None:
    page = shown.open("patching")
    go(page, "Home", "ArrowUp", "ArrowUp", "ArrowRight")
    assert shown.line() == "layer 1 · head 1 +2.41 nats"
    go(page, "End")
    assert shown.line() == "layer 29 · head 1 not computed"


def test_enter_and_click_choose_a_head_and_nothing_else_is_told(shown) -> None:
    page = shown.open("effects")
    page.evaluate(COUNT_PREVIEWS)
    go(page, "ArrowRight", "Enter")
    expect(page.get_by_text("clicked: (3, 2), selected: (3, 2)")).to_be_visible()
    box = page.locator("canvas.rings").first.bounding_box()
    page.mouse.click(box["x"] + 3 + 43 * 11 + 20, box["y"] + 45 + 38 * 5 + 18)
    expect(page.get_by_text("clicked: (5, 11), selected: (5, 11)")).to_be_visible()
    assert page.evaluate("window.previews") == 0


@pytest.mark.parametrize("shown", ["dark narrow"], indirect=True)
def test_a_narrow_wall_scrolls_to_the_head_with_the_keyboard(shown) -> None:
    page = shown.open("patching")
    go(page, "End")
    assert page.locator(".frame").evaluate("frame => frame.scrollLeft") > 200
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_a_tap_shows_the_number(shown) -> None:
    page = shown.open("effects")
    page.locator("canvas.rings").first.tap(position={"x": 12, "y": 56})
    assert re.fullmatch(r"layer 0 · head 0 0\.\d{3} 1 − cosine", shown.line())
