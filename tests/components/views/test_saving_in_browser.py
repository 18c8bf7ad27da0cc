"""Saving a view as a PNG and as an SVG, in a real browser."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

pytestmark = pytest.mark.e2e

SECTIONS = (
    *("head300", "odd", "difference", "grid", "sorted", "cross", "patching"),
    *("lines8", "lines300", "qkcausal", "qk512"),
)
ATTACK = "</script><img src=x onerror=alert(1)>"
PARSED = """text => {
  const drawing = new DOMParser().parseFromString(text, "image/svg+xml");
  const all = [...drawing.querySelectorAll("*")];
  return {
    root: drawing.documentElement.localName,
    mistakes: [...drawing.querySelectorAll("parsererror")].map((found) => found.textContent),
    kinds: [...new Set(all.map((each) => each.localName))],
    handlers: all.flatMap((each) => each.getAttributeNames()).filter((name) => /^on/i.test(name)),
    links: all.map((each) => each.getAttribute("href") ?? "").filter((to) => to),
    title: drawing.querySelector("title").textContent,
    texts: [...drawing.querySelectorAll("text")].map((each) => each.textContent),
    size: ["width", "height"].map((side) => Number(drawing.documentElement.getAttribute(side))),
  };
}"""
PIXELS = """async (encoded) => {
  const bytes = Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  return {
    size: [image.width, image.height],
    corner: [...data.subarray(0, 4)],
    colours: new Set(new Uint32Array(data.buffer)).size,
  };
}"""
PICTURES = "roots => roots.map((canvas) => canvas.toDataURL())"


def save(page: Page, kind: str, number: int = 0) -> Download:
    """Save the view with this number by its menu."""
    control = page.locator(".save").nth(number)
    control.locator(".save-button").focus()
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        control.get_by_role("menuitem", name=kind).click()
    return download.value


def drawing(page: Page, number: int = 0) -> dict:
    """What a browser reads in the SVG of a view."""
    text = Path(save(page, "SVG", number).path()).read_text(encoding="utf-8")
    return {"source": text, **page.evaluate(PARSED, text)}


def image(page: Page, number: int = 0) -> dict:
    """What a browser sees in the PNG of a view."""
    saved = Path(save(page, "PNG", number).path()).read_bytes()
    return page.evaluate(PIXELS, b64encode(saved).decode())  # a list of numbers took ten seconds


@pytest.mark.parametrize("section", SECTIONS)
def test_every_view_is_saved_as_a_drawing_and_as_an_image(shown, section: str) -> None:
    page = shown.open(section)
    drawn = drawing(page)
    assert (drawn["root"], drawn["mistakes"], drawn["handlers"]) == ("svg", [], [])
    assert not {"script", "foreignObject", "a"} & set(drawn["kinds"])
    assert all(link.startswith("data:image/png;base64,") for link in drawn["links"])
    assert drawn["title"] in " ".join(drawn["texts"])
    seen = image(page)
    assert seen["colours"] > 20
    assert seen["size"] == [2 * side for side in drawn["size"]]


def test_labels_axes_and_legend_are_text_in_the_drawing(shown) -> None:
    texts = drawing(shown.open("causal"))["texts"]
    assert texts[0] == "layer 3 head 1"
    for expected in ("animal", "because", "to →", "attention weight", "0.25"):
        assert expected in texts
    assert "cannot see later tokens" in texts
    assert "[CLS] 47 % — not in the colours" in texts


def test_a_few_cells_are_shapes_and_many_are_one_sharp_image(shown) -> None:
    few = drawing(shown.open("causal"))
    assert "image" not in few["kinds"]
    assert few["source"].count('shape-rendering="crispEdges"') > 10
    many = drawing(shown.open("head300"))
    assert len(many["links"]) == 1
    assert "image-rendering:pixelated" in many["source"]


def test_what_cannot_be_seen_stays_hatched(shown) -> None:
    drawn = drawing(shown.open("causal"))
    assert "pattern" in drawn["kinds"]
    assert re.search(r'<(rect|path)[^>]*fill="url\(#pattern\d+\)"', drawn["source"])


def test_markup_and_control_characters_come_out_as_plain_text(shown) -> None:
    drawn = drawing(shown.open("hostile"))
    assert drawn["title"] == f"{ATTACK} & ␇"
    assert drawn["mistakes"] == []
    for label in ("<b>", "&amp;", "]]>", "␀␛[31m", "tab here", "\"'", "\ufffd", ATTACK[:14]):
        assert label in drawn["texts"]
    assert "model <&> ␁" in drawn["texts"]
    assert "<img" not in drawn["source"]


def test_the_source_of_the_numbers_stands_at_the_foot(shown) -> None:
    drawn = drawing(shown.open("effects"))
    assert drawn["texts"][-1].startswith("MiniLM-L6 · 3f1c9e2a · float32")


def test_the_numbers_of_a_wall_are_text(shown) -> None:
    drawn = drawing(shown.open("effects"))
    assert "0.106" in drawn["texts"]
    assert "1 − cosine" in drawn["texts"]


def test_a_sorted_wall_is_saved_whole_not_only_where_it_was_scrolled(shown) -> None:
    page = shown.open("sorted")
    page.locator(".frame").evaluate("frame => { frame.scrollTop = 500; }")
    drawn = drawing(page)
    assert sum(bool(re.fullmatch(r"\d+·\d", text)) for text in drawn["texts"]) == 270
    assert drawn["size"][1] > 2000
    assert page.locator(".frame").evaluate("frame => frame.scrollTop") == 500


def test_a_file_is_named_after_the_title(shown) -> None:
    page = shown.open("effects")
    name = "How-far-the-vector-of-it-moves-when-a-head-is-off"
    assert save(page, "PNG").suggested_filename == f"{name}.png"
    assert save(page, "SVG").suggested_filename == f"{name}.svg"


@pytest.mark.parametrize("shown", ["light", "dark"], indirect=True)
def test_an_image_has_the_background_of_the_theme(shown) -> None:
    seen = image(shown.open("effects"))
    dark = shown.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert seen["corner"] == ([17, 21, 28, 255] if dark else [255, 255, 255, 255])


@pytest.mark.parametrize("section", ["head300", "patching", "lines300", "qk512"])
def test_saving_leaves_the_picture_on_the_screen_as_it_was(shown, section: str) -> None:
    page = shown.open(section)
    page.locator(".save-button").first.focus()
    before = page.locator("canvas").evaluate_all(PICTURES)
    height = page.evaluate("document.documentElement.scrollHeight")
    save(page, "PNG")
    save(page, "SVG")
    page.wait_for_timeout(200)
    assert page.locator("canvas").evaluate_all(PICTURES) == before
    assert page.locator(".view.saving").count() == 0
    assert page.evaluate("document.documentElement.scrollHeight") == height


def test_the_control_is_out_of_the_way_until_it_is_wanted(shown) -> None:
    page = shown.open("head")
    control = page.locator(".save")
    expect(control).to_have_css("opacity", "0")
    page.locator("canvas.marks").hover()
    expect(control).to_have_css("opacity", "1")
    page.mouse.move(2, 2)
    expect(control).to_have_css("opacity", "0")


def test_the_control_can_be_used_with_the_keyboard_alone(shown) -> None:
    page = shown.open("head")
    page.locator(".frame").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".save")).to_have_css("opacity", "1")
    expect(page.get_by_role("button", name="Save")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Image (PNG)")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_be_hidden()
    expect(page.get_by_role("button", name="Save")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "layer-3-head-1.svg"


def test_what_the_line_says_of_a_clicked_cell_is_saved_too(shown) -> None:
    page = shown.open("head")
    page.locator("canvas.marks").click(position={"x": 200, "y": 250})
    page.locator(".save-button").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="SVG").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert page.locator(".line .value").inner_text() in page.evaluate(PARSED, text)["texts"]
    page.mouse.click(5, 5)
    expect(page.get_by_role("menu")).to_be_hidden()


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_on_a_touch_screen_the_control_stays_and_the_line_is_saved_too(shown) -> None:
    page = shown.open("head")
    expect(page.locator(".save")).to_have_css("opacity", "1")
    page.locator("canvas.marks").tap(position={"x": 200, "y": 250})
    expect(page.locator(".line .value")).to_have_text(re.compile(r"0\.\d{3}"))
    value = page.locator(".line .value").inner_text()
    page.locator(".save-button").tap()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="SVG").tap()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert value in page.evaluate(PARSED, text)["texts"]
