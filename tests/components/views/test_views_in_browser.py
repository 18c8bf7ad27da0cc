"""What the views do in a real browser, with the texts and patterns of the gallery."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.e2e

_PATTERNS = Path(__file__).parents[1] / "patterns.py"
_SPEC = importlib.util.spec_from_file_location("patterns", _PATTERNS)
patterns = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(patterns)

SECTIONS = ("chips", "many", "grid", "tall", "head", "chinese", "odd", "causal", "head300", "map")
COLOURS = """canvas => {
  const { width, height } = canvas;
  const pixels = new Uint32Array(
    canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
  return new Set(pixels).size;
}"""
PICTURE = "canvas => canvas.toDataURL()"
WITHOUT_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tile(page: Page, grid: int, number: int) -> tuple[float, float]:
    """Where the middle of a labelled tile is."""
    box = page.locator("canvas.rings").nth(grid).bounding_box()
    side = box["width"] / 3
    return box["x"] + side * (number % 3 + 0.4), box["y"] + 60 + 200 * (number // 3)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("shown", ["light", "dark narrow"], indirect=True)
def test_every_view_draws_in_both_themes_and_on_a_narrow_screen(shown, section: str) -> None:
    page = shown.open(section)
    for canvas in page.locator("canvas.picture").all():
        assert canvas.evaluate(COLOURS) > 10
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_cell_says_its_tokens_and_its_weight_to_three_decimals(shown) -> None:
    page = shown.open("head")
    weights = patterns.pattern("previous", len(patterns.SENTENCE))
    page.locator(".frame").focus()
    page.keyboard.press("ArrowRight")  # brings the cursor
    assert shown.line() == f"[CLS] → [CLS] {weights[0, 0]:.3f}"
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert shown.line() == f"animal → the {weights[2, 1]:.3f}"


def test_pointing_at_a_cell_shows_it_and_leaving_takes_it_away(shown) -> None:
    page = shown.open("head")
    page.mouse.move(*middle(page.locator("canvas.marks")))
    expect(page.locator(".line")).to_have_text(re.compile(r"^\S+ → \S+ 0\.\d{3}$"))
    page.mouse.move(2, 2)
    expect(page.locator(".line")).to_have_class(re.compile("hint"))


def test_a_causal_head_says_what_cannot_be_seen(shown) -> None:
    page = shown.open("causal")
    page.locator(".frame").focus()
    for key in ("ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert shown.line() == "[CLS] → the cannot see later tokens"
    assert "cannot see later tokens" in page.locator(".legend").inner_text()
    assert "[CLS] 47 % — not in the colours" in page.locator(".legend").inner_text()


def test_clicking_a_cell_selects_it_in_the_page(shown) -> None:
    page = shown.open("head")
    page.locator(".frame").focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("selected: (1, 0)")).to_be_visible()
    page.mouse.click(*middle(page.locator("canvas.marks")))
    expect(page.get_by_text(re.compile(r"selected: \([5-9], [5-9]\)"))).to_be_visible()


def test_dragging_enlarges_a_span_and_a_button_brings_the_whole_back(shown) -> None:
    page = shown.open("head300")
    x, y = middle(page.locator("canvas.marks"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 40, steps=4)
    page.mouse.up()
    expect(page.locator(".where")).to_have_text(re.compile(r"tokens \d+–\d+ of 300"))
    expect(page.get_by_text("selected: None")).to_be_visible()  # a drag is not a click
    page.get_by_role("button", name="Whole text").click()
    expect(page.locator(".where")).to_have_text("")


def test_buttons_keys_and_the_wheel_enlarge_too(shown) -> None:
    page = shown.open("head300")
    page.get_by_role("button", name="Enlarge").click()
    expect(page.locator(".where")).to_have_text("tokens 76–225 of 300")
    page.locator(".frame").focus()
    page.keyboard.press("0")
    expect(page.locator(".where")).to_have_text("")
    page.mouse.move(*middle(page.locator("canvas.marks")))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    expect(page.locator(".where")).to_have_text(re.compile("of 300"))


def test_a_tile_says_what_its_head_does_and_a_click_opens_it(shown) -> None:
    page = shown.open("grid")
    page.mouse.move(*tile(page, 0, 4))
    assert shown.line() == "layer 0 · head 4 local token 0.54"
    page.mouse.click(*tile(page, 0, 4))
    expect(page.get_by_text("clicked: (0, 4), selected: (0, 4)")).to_be_visible()


def test_the_same_head_can_be_clicked_again_after_another_was_chosen_elsewhere(shown) -> None:
    page = shown.open("grid")
    page.mouse.click(*tile(page, 0, 4))
    expect(page.get_by_text("selected: (0, 4)")).to_be_visible()
    wall = page.locator("canvas.rings").nth(1).bounding_box()
    page.mouse.click(wall["x"] + 30, wall["y"] + 42 + 61 + 30)
    expect(page.get_by_text("selected: (1, 0)")).to_be_visible()
    page.mouse.click(*tile(page, 0, 4))
    expect(page.get_by_text("selected: (0, 4)")).to_be_visible()


def test_arrows_move_through_the_tiles_and_enter_opens_one(shown) -> None:
    page = shown.open("grid")
    page.locator(".frame").first.focus()
    for key in ("Home", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert shown.line() == "layer 0 · head 4 local token 0.54"
    page.keyboard.press("Enter")
    expect(page.get_by_text("selected: (0, 4)")).to_be_visible()


def test_choosing_a_head_does_not_send_the_wall_again(shown) -> None:
    page = shown.open("tall")
    assert shown.received > 200_000
    before = shown.received
    page.locator(".frame").focus()
    for key in ("Home", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("selected: (0, 1)")).to_be_visible()
    assert shown.received - before < 20_000


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_the_wall_scrolls_inside_its_own_frame_to_the_tile_with_the_keyboard(shown) -> None:
    page = shown.open("tall")
    page.locator(".frame").focus()
    page.keyboard.press("End")
    assert page.locator(".frame").evaluate("frame => frame.scrollLeft") > 300
    assert shown.line() == "layer 29 · head 8 broad token 0.42"


def test_a_chip_says_its_piece_id_and_bytes_and_can_be_chosen(shown) -> None:
    page = shown.open("chips")
    page.locator(".chip").nth(2).hover()
    assert shown.line() == "piece Ġis id 302 bytes 20 69 73"
    page.locator(".chip").nth(2).click()
    expect(page.get_by_text("clicked: 2, selected: 2")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("clicked: 3, selected: 3")).to_be_visible()
    page.mouse.move(2, 2)
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("clicked: None, selected: 3")).to_be_visible()


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_a_tap_shows_what_pointing_shows(shown) -> None:
    page = shown.open("chips")
    page.locator(".strip").nth(1).locator(".chip").nth(1).tap()
    assert shown.line(1).startswith("piece æĿ± id 12859")


def test_signs_stand_for_what_cannot_be_seen(shown) -> None:
    page = shown.open("chips")
    faces = page.locator(".strip").first.locator(".face").all_inner_texts()
    assert faces[:3] == ["B", "ert", "is"]
    assert faces[-3:] == ["↵", "→", "␣␣␣"]
    parts = page.locator(".chip.part").all_inner_texts()
    assert parts == ["part of a character"] * 3 + ["·", "·"]


@pytest.mark.parametrize("section", ["chips", "odd"])
def test_markup_in_a_token_is_only_text(shown, section: str) -> None:
    page = shown.open(section)
    assert page.locator("img[src=x]").count() == 0
    page.locator("canvas, .chip").last.hover()


def test_the_theme_can_be_switched_in_the_menu_and_the_picture_follows(shown) -> None:
    page = shown.open("head")
    canvas = page.locator("canvas.picture")
    before = canvas.evaluate(PICTURE)
    page.get_by_test_id("stMainMenu").get_by_role("button").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    expect(page.locator(".stApp")).to_have_css("background-color", "rgb(17, 21, 28)")
    page.wait_for_timeout(300)
    assert canvas.evaluate(PICTURE) != before
    assert canvas.evaluate(COLOURS) > 10


def test_a_window_made_narrow_draws_again_to_fit(shown) -> None:
    page = shown.open("head")
    page.set_viewport_size({"width": 360, "height": 800})
    page.wait_for_timeout(500)
    assert page.locator("canvas.picture").bounding_box()["width"] <= 360 - 2 * 16
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_rerun_keeps_the_same_canvas(shown) -> None:
    page = shown.open("head")
    page.locator("canvas.picture").evaluate("canvas => { canvas.remembered = true; }")
    page.get_by_role("button", name="Run again").click()
    page.wait_for_timeout(800)
    assert page.locator("canvas.picture").count() == 1
    assert page.locator("canvas.picture").evaluate("canvas => canvas.remembered")


def test_the_map_opens_what_is_clicked_and_shows_no_closed_door(shown) -> None:
    page = shown.open("map")
    assert page.get_by_role("button", name="Tasks").count() == 0
    page.get_by_role("button", name="Masked words").click()
    expect(page.get_by_text("clicked: masked")).to_be_visible()


def test_the_link_is_copied(shown) -> None:
    page = shown.open("map")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_without_a_clipboard_the_link_is_copied_the_old_way(alone) -> None:
    alone.page.add_init_script(WITHOUT_CLIPBOARD)
    page = alone.open("map")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()


def test_where_no_script_may_copy_the_link_is_shown_selected(alone) -> None:
    alone.page.add_init_script(WITHOUT_CLIPBOARD + "document.execCommand = () => false;")
    page = alone.open("map")
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_label("Copy it from here:")
    expect(field).to_have_value(page.url)
    assert field.evaluate("field => field.selectionEnd - field.selectionStart") == len(page.url)
