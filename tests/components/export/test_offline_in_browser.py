"""The file opened from a disk with the network off."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from components.export.offline_page import offline_page
from tests.components.export.texts import ATTACK, SENTENCE, WORDS

pytestmark = [pytest.mark.e2e, pytest.mark.models]

COLOURS = """canvas => {
  const { width, height } = canvas;
  const pixels = new Uint32Array(
    canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
  return new Set(pixels).size;
}"""


@pytest.fixture
def text(overview, provenance):
    return offline_page(
        overview,
        provenance,
        model="MiniLM-L6",
        text=f"{SENTENCE} {ATTACK}",
        selected=(3, 1),
        words=WORDS,
        sink_label="[CLS] 47 %",
    )


def opened(open_file, text, **options):
    page = open_file(text, **options).page
    page.wait_for_selector("#head .view[data-draw-ms]")
    page.wait_for_selector("#grid .view[data-draw-ms]")
    return page


def line(page, name):
    return page.locator(f"#{name} .line").inner_text().replace("\n", " ")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("dark", 390)])
def test_it_draws_on_every_screen_and_shows_the_text_as_text(open_file, text, theme, width):
    page = opened(open_file, text, theme=theme, width=width)
    for name in ("grid", "head"):
        assert page.locator(f"#{name} canvas.picture").evaluate(COLOURS) > 10
    expect(page.locator("blockquote")).to_have_text(f"{SENTENCE} {ATTACK}")
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert dark == ("rgb(17, 21, 28)" if theme == "dark" else "rgb(255, 255, 255)")


def test_a_click_on_a_tile_opens_that_head_with_its_own_weights(open_file, text, exact):
    page = opened(open_file, text)
    before = page.locator("#head canvas.picture").evaluate("canvas => canvas.toDataURL()")
    rings = page.locator("#grid canvas.rings")
    box = rings.bounding_box()
    rings.click(position={"x": box["width"] * 0.045, "y": 80})  # layer 0 · head 0
    expect(page.locator("#title")).to_contain_text("Layer 0 · head 0")
    page.wait_for_function(
        """before => document.querySelector("#head").shadowRoot
            .querySelector("canvas.picture").toDataURL() !== before""",
        arg=before,
    )
    page.locator("#head .frame").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert line(page, "head").endswith(f"{exact(0, 0)[1, 1]:.3f}")


def test_pointing_says_the_weight_to_three_decimals(open_file, text, exact):
    page = opened(open_file, text)
    page.locator("#head .frame").focus()
    page.keyboard.press("Home")  # brings the cursor
    for _step in range(10):
        page.keyboard.press("ArrowDown")
    for _step in range(2):
        page.keyboard.press("ArrowRight")
    assert line(page, "head") == f"it → animal {exact(3, 1)[10, 2]:.3f}"
    box = page.locator("#head canvas.marks").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.7)
    pointed = line(page, "head").split()
    assert pointed[1] == "→"
    assert len(pointed[-1]) == len("0.123")


def test_the_keyboard_chooses_heads(open_file, text):
    page = opened(open_file, text)
    page.locator("#grid .frame").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#title")).to_contain_text("Layer 3 · head 2")


def test_it_follows_the_theme_while_it_is_open(open_file, text):
    page = opened(open_file, text)
    light = page.locator("#grid canvas.picture").evaluate("canvas => canvas.toDataURL()")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        """before => document.querySelector("#grid").shadowRoot
            .querySelector("canvas.picture").toDataURL() !== before""",
        arg=light,
    )
