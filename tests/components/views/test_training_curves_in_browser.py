"""The curves of a run in a browser: they grow, keep the zoom, and are gone through by hand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def memory(page, what):
    return page.evaluate(f"(() => {{ const [m] = headlightCurves.values(); return {what}; }})()")


def last_step(page):
    return memory(page, "m.runs.get('a').lines.get('loss').steps.at(-1)")


def wait_for_points(page):
    page.wait_for_selector(".view[data-points]:not([data-points='0'])")


def drag(page, start, end):
    box = page.locator(".picture").bounding_box()
    height = box["y"] + 120
    page.mouse.move(box["x"] + box["width"] * start, height)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, height, steps=4)
    page.mouse.up()


def test_the_values_of_a_step_stand_in_the_line(shown):
    page = shown.open("curves")
    wait_for_points(page)
    page.locator(".picture").hover(position={"x": 500, "y": 100})
    said = shown.line()
    assert re.search(r"step \d+ training loss 0\.\d{3} training loss, smoothed 0\.\d{3}", said)
    label = page.locator(".frame").get_attribute("aria-label")
    assert label.startswith("Curves of mine. training loss, smoothed: from 0.")


def test_a_drag_zooms_and_a_double_click_shows_all(shown):
    page = shown.open("curves")
    wait_for_points(page)
    drag(page, 0.3, 0.6)
    first, last = memory(page, "m.zoom")
    assert 60 < first < 110 < 150 < last < 200
    expect(page.get_by_role("button", name="All steps")).to_be_visible()
    page.locator(".picture").dblclick(position={"x": 500, "y": 100})
    assert memory(page, "m.zoom") is None
    expect(page.get_by_role("button", name="All steps")).to_be_hidden()


def test_keys_zoom_move_and_choose(shown):
    page = shown.open("curves")
    wait_for_points(page)
    page.keyboard.press("Tab")
    while "frame" not in (page.evaluate(_FOCUSED) or ""):
        page.keyboard.press("Tab")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert "step 1" in shown.line()
    page.keyboard.press("+")
    assert memory(page, "m.zoom[1]") < 200
    page.keyboard.press("Escape")
    assert memory(page, "m.zoom") is None
    page.keyboard.press("Enter")
    expect(page.get_by_text("selected: 0")).to_be_visible()


_FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.className;
}"""


def test_a_click_and_a_drag_of_the_marker_go_to_a_probe(shown):
    page = shown.open("curves")
    wait_for_points(page)
    box = page.locator(".picture").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 100)
    expect(page.get_by_text(re.compile(r"clicked: 1[24]\d, selected: 1[24]\d"))).to_be_visible()
    left, wide = 38, box["width"] - 38 - 14  # the plot
    chosen = int(re.search(r"selected: (\d+)", page.get_by_text("clicked").inner_text())[1])
    x = box["x"] + left + wide * chosen / 300
    page.mouse.move(x, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(x - 200, box["y"] + 100, steps=5)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"selected: (72|96)\b"))).to_be_visible()
    assert memory(page, "m.zoom") is None


def test_a_curve_grows_while_its_zoom_and_its_hidden_lines_stay(shown):
    page = shown.open("growing")
    wait_for_points(page)
    page.get_by_role("button", name="training loss", exact=True).click()
    drag(page, 0.3, 0.6)
    zoom, before = memory(page, "m.zoom"), last_step(page)
    page.wait_for_function(
        "before => [...headlightCurves.values()][0].runs.get('a').lines.get('loss').steps.at(-1)"
        " >= before + 24",
        arg=before,
    )
    assert memory(page, "m.zoom") == zoom
    hidden = page.get_by_role("button", name="training loss", exact=True)
    assert hidden.get_attribute("aria-pressed") == "false"
    # Every fifth message says that one before it was missed: all points are asked for again.
    page.get_by_text(re.compile("gaps [1-9]")).wait_for()
    page.wait_for_function(
        "() => [...headlightCurves.values()][0].runs.get('a').lines.get('loss').steps"
        ".every((step, place) => step === place + 1)"
    )


def test_finer_points_of_a_stretch_are_asked_for_and_take_their_place(shown):
    page = shown.open("longrun")
    wait_for_points(page)
    before = int(page.locator(".view").get_attribute("data-points"))
    drag(page, 0.5, 0.6)
    page.get_by_text(re.compile(r"stretch: \(\d+, \d+\)")).wait_for()
    page.wait_for_function(
        "before => Number(document.querySelectorAll('*').values().map((e) =>"
        " e.shadowRoot?.querySelector('.view')?.dataset.points).find(Boolean)) > before",
        arg=before,
    )


def test_small_panels_open_and_runs_can_be_hidden(shown):
    page = shown.open("threeruns")
    wait_for_points(page)
    high = page.locator(".picture").bounding_box()["height"]
    page.get_by_role("button", name="learning rate").first.click()
    assert page.locator(".picture").bounding_box()["height"] > high + 60
    run = page.get_by_role("button", name="run b")
    run.click()
    assert run.get_attribute("aria-pressed") == "false"
    page.locator(".picture").hover(position={"x": 500, "y": 100})
    assert "run a:" in shown.line()
    assert "run b:" not in shown.line()


@pytest.mark.parametrize("kind", ["PNG", "SVG", "CSV"])
def test_the_picture_and_its_numbers_can_be_saved(shown, tmp_path, kind):
    page = shown.open("threeruns")
    wait_for_points(page)
    page.locator(".view").hover()
    page.get_by_role("button", name="Save").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=kind).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix == f".{kind.lower()}"
    content = path.read_bytes()
    if kind == "PNG":
        assert content.startswith(b"\x89PNG")
    elif kind == "SVG":
        assert b"validation loss" in content
        assert content.count(b"<path") > 20
    else:
        rows = content.decode("utf-8-sig").splitlines()
        assert rows[0] == '"run","curve","step","value"'
        assert rows[1].startswith('"run a","training loss",1,0.')
        assert any(row.startswith('"\'=c","validation loss",24,') for row in rows)


@pytest.mark.parametrize("shown", ["dark", "light narrow"], indirect=True)
def test_dark_and_narrow_pages_hold_the_curves(shown):
    page = shown.open("curves")
    wait_for_points(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
