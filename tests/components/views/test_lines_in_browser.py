"""What the lines and the query · key view do in a real browser, with the texts of the gallery."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.components.looking import look
from tests.components.patterns import CHINESE, SENTENCE, pattern

pytestmark = pytest.mark.e2e

SECTIONS = (
    *("lines", "lines8", "lineschinese", "linesodd", "linescausal", "linespair", "lineslast"),
    *("lines300", "qk", "qkchinese", "qkodd", "qkcausal", "qk512"),
)
PICTURE = "canvas => canvas.toDataURL()"
COLOURS = """canvas => {
  const { width, height } = canvas;
  const pixels = new Uint32Array(
    canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
  return new Set(pixels).size;
}"""
SCROLL = """frame => new Promise(done => {
  const times = [];
  let last = performance.now();
  const step = (now) => {
    times.push(now - last);
    last = now;
    frame.scrollTop += 37;
    if (times.length < 40) requestAnimationFrame(step);
    else done(times.sort((a, b) => a - b)[20]);
  };
  requestAnimationFrame(step);
})"""
READ_DRAWING = """text => {
  const drawing = new DOMParser().parseFromString(text, "image/svg+xml");
  const all = (name) => [...drawing.querySelectorAll(name)];
  return [all("text").map((element) => element.textContent), all("path[fill=none]").length];
}"""
WORDS = SENTENCE[:-2]
HEADER = 26  # above the first row of the lines
ROWS = 74  # above the first key of the query · key view


def point_at(page: Page, x: float, y: float, *, click: bool = False) -> None:
    """Move to a point of the picture, from its left or, below zero, from its right edge."""
    box = page.locator("canvas.picture").bounding_box()
    assert box
    x = box["x"] + (x if x >= 0 else box["width"] + x)
    page.mouse.move(x, box["y"] + y)
    if click:
        page.mouse.click(x, box["y"] + y)


def press(page: Page, *keys: str) -> None:
    page.locator(".frame").focus()
    for key in keys:
        page.keyboard.press(key)


def three_largest(weights: np.ndarray, labels: list[str]) -> str:
    order = np.argsort(-weights, kind="stable")[:3]
    return " ".join(f"{labels[i]} {weights[i]:.3f}" for i in order)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("shown", ["light", "dark narrow"], indirect=True)
def test_both_views_draw_in_both_themes_and_on_a_narrow_screen(shown, section: str) -> None:
    page = shown.open(section)
    canvas = page.locator("canvas.picture")
    assert canvas.evaluate(COLOURS) > 10
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame = page.locator(".frame").bounding_box()
    assert canvas.bounding_box()["width"] <= frame["width"]
    assert frame["height"] <= 640


# ---- lines


def test_a_query_says_the_three_tokens_it_looks_at_most(shown) -> None:
    page = shown.open("lines")
    weights = pattern("local", len(WORDS))[0 + 9]
    before = page.locator("canvas.picture").evaluate(PICTURE)
    point_at(page, 20, HEADER + 24 * 9 + 12)
    assert shown.line() == f"it → {three_largest(weights, WORDS)}"
    assert page.locator("canvas.picture").evaluate(PICTURE) != before
    page.mouse.move(2, 2)
    expect(page.locator(".line")).to_have_class(re.compile("hint"))


def test_a_key_says_who_looks_at_it_most(shown) -> None:
    page = shown.open("lines")
    weights = pattern("local", len(WORDS))[:, 2]
    point_at(page, -70, HEADER + 24 * 2 + 12)
    assert shown.line() == f"→ animal {three_largest(weights, WORDS)}"


def test_arrows_move_over_both_columns_and_enter_chooses_a_query(shown) -> None:
    page = shown.open("lines")
    press(page, "ArrowDown", "ArrowDown", "ArrowDown")
    assert shown.line().startswith("animal → ")
    press(page, "ArrowRight")
    assert shown.line().startswith("→ animal ")
    press(page, "Enter")  # a key is not chosen
    press(page, "End")
    assert shown.line().startswith("→ tired ")
    press(page, "ArrowLeft", "Home", "ArrowDown", "Enter")
    expect(page.get_by_text("selected: 1")).to_be_visible()


def test_clicking_a_query_selects_it_in_the_page(shown) -> None:
    page = shown.open("lines")
    point_at(page, 20, HEADER + 24 * 4 + 12, click=True)
    expect(page.get_by_text("selected: 4")).to_be_visible()


def test_a_head_is_named_and_can_be_hidden_in_the_legend(shown) -> None:
    page = shown.open("lines8")
    assert page.locator("button.head").count() == 8
    point_at(page, 20, HEADER + 24 * 9 + 12)
    assert "because 0.994 layer 3 head 1" in shown.line()
    first = page.get_by_role("button", name="layer 3 head 1")
    first.click()
    expect(first).to_have_attribute("aria-pressed", "false")
    point_at(page, 20, HEADER + 24 * 9 + 12)
    assert "layer 3 head 1" not in shown.line()
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")


def test_the_legend_says_what_is_grey_and_what_is_not_drawn(shown) -> None:
    page = shown.open("linescausal")
    legend = page.locator(".legend").inner_text()
    assert "[CLS] 47 % — grey and thin" in legend
    assert "weights below 0.02 are not drawn" in legend
    assert "cannot see later tokens" in legend


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_a_tap_on_a_token_shows_what_pointing_shows(shown) -> None:
    page = shown.open("lineschinese")
    row = 28 if page.evaluate("matchMedia('(pointer: coarse)').matches") else 24
    box = page.locator("canvas.picture").bounding_box()
    page.touchscreen.tap(box["x"] + 30, box["y"] + HEADER + row * 4 + 10)
    expect(page.locator(".line")).to_have_text(re.compile(f"^{CHINESE[4]} → "))


def test_a_long_text_scrolls_in_its_own_frame_and_follows_the_keyboard(shown) -> None:
    page = shown.open("lines300")
    press(page, "ArrowDown", "End")
    assert page.locator(".frame").evaluate("frame => frame.scrollTop") > 4000
    assert shown.line().startswith("[SEP] → ")
    press(page, "Home")
    assert page.locator(".frame").evaluate("frame => frame.scrollTop") == 0


def test_the_last_queries_of_a_causal_text_stand_beside_themselves(shown) -> None:
    page = shown.open("lineslast")
    assert page.locator(".frame").evaluate("frame => frame.scrollTop") > 300
    press(page, "ArrowDown", "End", "ArrowRight")
    assert shown.line().startswith("→ [SEP] [SEP] ")


def test_the_picture_of_the_lines_can_be_saved_as_a_drawing(shown) -> None:
    page = shown.open("linesodd")
    page.get_by_role("button", name="Save").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="SVG").click()
    drawing = saved.value.path().read_text(encoding="utf-8")
    texts, lines = page.evaluate(READ_DRAWING, drawing)
    assert any("東京" in text for text in texts)
    assert lines > 1  # one for each strength


# ---- query · key


def test_a_cell_says_its_dimension_and_four_digits_of_each_number(shown) -> None:
    page = shown.open("qk")
    detail = look(len(WORDS), 32, 9)
    press(page, "ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown")
    q, k = float(detail.query_vector[1]), float(detail.key_vectors[1, 1])
    numbers = [f"{value:#.4g}".replace("-", "−") for value in (q, k, q * k)]
    assert shown.line() == "it → the dimension 1 q {} k {} q × k {}".format(*numbers)


def test_a_row_spells_its_weight_out_with_its_numbers(shown) -> None:
    page = shown.open("qk")
    detail = look(len(WORDS), 32, 9)
    dot, scaled = float(detail.dot[7]), float(detail.scaled[7])
    point_at(page, 20, ROWS + 24 * 7 + 12)
    assert shown.line() == (
        f"it → street q · k = {dot:#.4g}; × 0.1768 = {scaled:#.4g}; "
        f"softmax → {detail.weights[7]:.3f}"
    )


def test_a_cap_and_a_bias_are_spelled_out_where_a_model_has_them(shown) -> None:
    page = shown.open("qkcausal")
    press(page, "ArrowDown")
    assert "; softcap 50 → " in shown.line()
    page = shown.open("qkodd")
    press(page, "ArrowDown")
    assert "; + bias −0.5000 = " in shown.line()


def test_the_querys_own_row_says_its_numbers(shown) -> None:
    page = shown.open("qk")
    press(page, "ArrowDown", "ArrowUp")
    value = f"{look(len(WORDS), 32, 9).query_vector[0]:#.4g}".replace("-", "−")
    assert shown.line() == f"it dimension 0 q {value}"


def test_a_key_that_cannot_be_seen_says_so(shown) -> None:
    page = shown.open("qkcausal")
    press(page, "ArrowDown", "End", "ArrowRight")
    assert shown.line() == "it → [SEP] cannot see"
    assert "cannot see these tokens" in page.locator(".legend").inner_text()


def test_rows_can_be_sorted_by_weight_and_back(shown) -> None:
    page = shown.open("qk512")
    by_weight = page.get_by_role("button", name="by weight")
    by_weight.click()
    expect(by_weight).to_have_attribute("aria-pressed", "true")
    point_at(page, 20, ROWS + 10)
    largest = look(512, 128, 400, causal=True).weights.max()
    assert shown.line().endswith(f"softmax → {largest:.3f}")
    page.get_by_role("button", name="by position").click()
    point_at(page, 20, ROWS + 10)
    assert " → [CLS] " in shown.line()


def test_clicking_a_row_selects_its_key_in_the_page(shown) -> None:
    page = shown.open("qk")
    point_at(page, -20, ROWS + 24 * 5 + 12, click=True)
    expect(page.get_by_text("selected: 5")).to_be_visible()
    press(page, "ArrowDown", "Enter")
    expect(page.get_by_text("selected: 6")).to_be_visible()


@pytest.mark.parametrize("section", ["lines512", "qk512"])
def test_512_tokens_scroll_fluently(shown, section: str) -> None:
    page = shown.open(section)
    assert (
        page.locator(".frame").evaluate(SCROLL) < 250
    )  # ms a frame, with two busy cores for graphics card


@pytest.mark.parametrize("section", ["linesodd", "qkodd"])
def test_markup_in_a_token_is_only_text(shown, section: str) -> None:
    page = shown.open(section)
    press(page, *["ArrowDown"] * 6)
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("section", ["lines8", "qk"])
def test_the_theme_can_be_switched_and_the_picture_follows(shown, section: str) -> None:
    page = shown.open(section)
    canvas = page.locator("canvas.picture")
    before = canvas.evaluate(PICTURE)
    page.get_by_test_id("stMainMenu").get_by_role("button").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    expect(page.locator(".stApp")).to_have_css("background-color", "rgb(17, 21, 28)")
    page.wait_for_timeout(300)
    assert canvas.evaluate(PICTURE) != before
