"""What the views of a stepped run do in a real browser, with the runs of the gallery."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

SECTIONS = (
    *("timeline", "timelinelong", "timelineodd", "timelinestates", "timelinegrowing"),
    *("predictions", "predictions8", "predictionsodd", "masked"),
)
ROWS = "frame => [...frame.querySelectorAll('.row')].map((row) => row.getAttribute('aria-label'))"
SCRUB = """tile => new Promise(done => {
  const frame = tile.closest(".frame");
  const times = [];
  const step = () => {
    const began = performance.now();
    const event = new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true });
    frame.querySelector("[tabindex='0']").dispatchEvent(event);
    frame.getBoundingClientRect();
    times.push(performance.now() - began);
    if (times.length < 30) requestAnimationFrame(step);
    else done(times.sort((a, b) => a - b)[15]);
  };
  tile.focus();
  step();
})"""
TEXTS = """text => [...new DOMParser().parseFromString(text, "image/svg+xml")
  .querySelectorAll("text")].map((each) => each.textContent)"""


def saved(page: Page) -> list[str]:
    """The texts of the first view, saved as an SVG."""
    page.locator(".save-button").first.focus()
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="SVG").click()
    return page.evaluate(TEXTS, Path(download.value.path()).read_text(encoding="utf-8"))


def step(page: Page, branch: int, number: int):
    return page.locator(f".tile[data-branch='{branch}'][data-step='{number}']")


def word(page: Page, panel: int, number: int):
    return page.locator(f".row[data-panel='{panel}'][data-word='{number}']")


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("shown", ["light", "dark narrow"], indirect=True)
def test_every_view_stays_within_the_page_in_both_themes(shown, section: str) -> None:
    page = shown.open(section)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("img[src=x]").count() == 0


# ---- timeline


def test_a_step_says_its_number_word_probability_note_and_branch(shown) -> None:
    page = shown.open("timeline")
    assert shown.line() == "step 2 end probability 0.677 mask 1 by confidence"
    step(page, 2, 0).hover()
    assert shown.line() == (
        "step 3 answer probability 0.0002 not the model’s first mask 3 another last word"
    )
    page.mouse.move(2, 2)
    assert shown.line().startswith("step 2 end")


def test_clicking_a_step_selects_it_in_the_page_and_dims_what_does_not_lead_there(shown) -> None:
    page = shown.open("timeline")
    expect(step(page, 0, 2)).to_have_class(re.compile("aside"))
    step(page, 2, 0).click()
    expect(page.get_by_text("clicked: (2, 0), selected: (2, 0)")).to_be_visible()
    expect(step(page, 2, 0)).to_have_class("tile selected")
    expect(step(page, 2, 0)).to_have_attribute("aria-selected", "true")
    for shared in (step(page, 0, 0), step(page, 0, 1)):
        expect(shared).to_have_class("tile")
    for other in (step(page, 0, 2), step(page, 1, 0)):
        expect(other).to_have_class("tile aside")


def test_arrows_scrub_along_a_branch_and_what_it_comes_from_and_back(shown) -> None:
    page = shown.open("timeline")
    step(page, 2, 0).click()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("selected: (0, 1)")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("selected: (2, 0)")).to_be_visible()
    expect(step(page, 2, 0)).to_be_focused()


def test_home_goes_before_the_first_step_and_end_to_the_last(shown) -> None:
    page = shown.open("timeline")
    step(page, 0, 1).click()
    page.keyboard.press("Home")
    expect(page.get_by_text("selected: (0, -1)")).to_be_visible()
    assert shown.line() == "step 0 The [MASK] of the [MASK] is the [MASK]."
    page.keyboard.press("End")
    expect(page.get_by_text("selected: (0, 2)")).to_be_visible()


def test_up_and_down_go_to_the_step_below_on_another_branch(shown) -> None:
    page = shown.open("timeline")
    step(page, 0, 2).click()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("selected: (2, 0)")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("selected: (1, 2)")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("selected: (0, 2)")).to_be_visible()


def test_a_branch_stands_under_the_step_that_it_goes_instead_of(shown) -> None:
    page = shown.open("timeline")
    above, below = (step(page, *place).bounding_box() for place in ((0, 2), (2, 0)))
    assert above["x"] == below["x"]
    assert below["y"] > above["y"] + above["height"]
    names = page.locator(".frame").evaluate(ROWS)
    assert names == ["by confidence", "another last word", "left to right"]
    assert page.locator("canvas.wire").count() == 2


def test_a_held_arrow_key_asks_the_page_for_the_last_step_at_least(shown) -> None:
    page = shown.open("timelinelong")
    step(page, 0, 5).click()
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text("selected: (0, 30)")).to_be_visible()
    expect(step(page, 0, 30)).to_have_class("tile selected")


def test_40_steps_of_eight_branches_are_scrubbed_fluently_in_their_own_frame(shown) -> None:
    page = shown.open("timelinelong")
    assert step(page, 0, 5).evaluate(SCRUB) < 100  # ms a step, on two busy cores
    expect(page.get_by_text("selected: (0, 35)")).to_be_visible()
    frame = page.locator(".frame")
    assert frame.evaluate("frame => frame.scrollLeft") > 2000
    inside, around = step(page, 0, 35).bounding_box(), frame.bounding_box()
    assert around["x"] <= inside["x"] <= around["x"] + around["width"] - inside["width"]


def test_the_keyboard_goes_along_in_a_run_that_grows(shown) -> None:
    page = shown.open("timelinegrowing")
    step(page, 0, 1).focus()
    for last in (2, 3, 4):
        page.keyboard.press("Enter")
        expect(step(page, 0, last)).to_have_class("tile selected")
        expect(step(page, 0, last)).to_be_focused()
    assert page.locator(".tile[tabindex='0']").count() == 1


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_a_tap_goes_to_a_step(shown) -> None:
    page = shown.open("timeline")
    step(page, 0, 0).tap()
    expect(page.get_by_text("selected: (0, 0)")).to_be_visible()
    assert shown.line().startswith("step 1 time")


def test_a_run_without_steps_says_so_and_starts_with_its_text(shown) -> None:
    page = shown.open("timelinestates")
    expect(page.get_by_text("no step yet")).to_be_visible()
    page.locator(".tile.start").click()
    assert shown.line() == "step 0 The [MASK] of the [MASK] is the [MASK]."


def test_a_long_timeline_is_saved_whole(shown) -> None:
    texts = saved(shown.open("timelinelong"))
    assert sum(text == "branch 8" for text in texts) == 1
    assert sum(bool(re.fullmatch(r"0\.\d{3,4}", text)) for text in texts) >= 320


# ---- predictions


def test_a_word_says_what_it_had_before_and_that_it_is_the_original(shown) -> None:
    page = shown.open("predictions")
    word(page, 0, 2).hover()
    assert shown.line() == (
        "mask 1 · position 4 door probability 0.043 before 0.040 change +0.003 original · rank 3"
    )
    word(page, 0, 0).hover()
    assert shown.line().endswith("house probability 0.677 before 0.412 change +0.265 chosen")


def test_an_original_below_the_words_has_a_row_that_cannot_be_chosen(shown) -> None:
    page = shown.open("predictions")
    row = word(page, 1, 5)
    assert row.inner_text().split("\n") == ["yesterday", "0.0004", "original · rank 231"]
    expect(row).to_have_attribute("aria-disabled", "true")
    row.click(force=True)  # it says that it is disabled
    assert "original · rank 231" in shown.line()
    page.wait_for_timeout(400)
    expect(page.get_by_text("clicked: None")).to_be_visible()


def test_clicking_a_word_answers_its_panel_and_place(shown) -> None:
    page = shown.open("predictions")
    word(page, 1, 3).click()
    expect(page.get_by_text("clicked: (1, 3), chosen: [(0, 0), (1, 3)]")).to_be_visible()
    expect(word(page, 1, 3)).to_have_attribute("aria-selected", "true")


def test_arrows_move_over_words_and_panels_and_enter_chooses(shown) -> None:
    page = shown.open("predictions")
    word(page, 0, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "End", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("clicked: (2, 3)")).to_be_visible()
    expect(word(page, 2, 3)).to_be_focused()
    assert page.locator(".row[tabindex='0']").count() == 1


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_panels_stand_below_each_other_on_a_phone_and_a_tap_chooses(shown) -> None:
    page = shown.open("predictions")
    panels = [panel.bounding_box() for panel in page.locator(".panel").all()]
    assert len({panel["x"] for panel in panels}) == 1
    word(page, 2, 1).tap()
    expect(page.get_by_text("clicked: (2, 1)")).to_be_visible()


def test_eight_panels_share_the_rows_and_only_show(shown) -> None:
    page = shown.open("predictions8")
    panels = [panel.bounding_box() for panel in page.locator(".panel").all()]
    assert [len({panel[side] for panel in panels}) for side in ("x", "y")] == [4, 2]
    word(page, 7, 0).click()
    assert page.locator(".chosen").count() == 0
    assert shown.line().startswith("mask 8 house probability 0.112")


def test_words_of_any_script_are_saved_as_text(shown) -> None:
    texts = saved(shown.open("predictionsodd"))
    for expected in ("東京", "شكرا", "שלום", "↵", "original · rank 30521", "1.000"):
        assert expected in texts


# ---- masked chips


def test_a_chip_is_masked_with_a_key_and_the_keyboard_stays_on_it(shown) -> None:
    page = shown.open("masked")
    chip = page.locator(".chip[data-index='2']")
    chip.focus()
    for expected in ("[2, 4, 7, 9, 11]", "[4, 7, 9, 11]", "[2, 4, 7, 9, 11]"):
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"masked: {expected}")).to_be_visible()
        expect(chip).to_be_focused()
    expect(chip).to_have_class(re.compile("masked"))
    assert shown.line() == "piece animal id 1002 original animal masked out"


def test_the_legend_explains_the_marks_in_use(shown) -> None:
    page = shown.open("masked")
    legend = page.locator(".legend").inner_text().split("\n")
    assert legend == ["masked out", "replaced by a random token", "chosen, left as it is"]
    assert shown.line() == "Click a token to mask it, or to show it again"
