"""The page Anatomy, used as a reader would use it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

WORDS = {
    "en": {"next": "Next", "back": "Back", "cost": "What it costs", "ms": "ms a token"},
    "zh": {"next": "下一步", "back": "后退", "cost": "代价", "ms": "毫秒"},
}
STEPS = ("embed", "qkv", "scores", "softmax", "values", "output", "norm", "ffn", "logits")
MADE = "canvas.picture[data-figure]"
LINE = ".view:has(.chips) .line"


def pictures(page):
    return page.locator(MADE)


def step(page, number):
    """The step that is shown, by its number from 1."""
    shown = page.get_by_role("combobox", name=re.compile("Which step|第几步"))
    expect(shown).to_have_value(re.compile(rf"^{number} / 9"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_sentence_goes_through_nine_steps_and_each_shows_formula_and_matrices(
    new_page, lang, theme
):
    words = WORDS[lang]
    page = new_page(f"/anatomy?lang={lang}", lang=lang, theme=theme)
    for number, name in enumerate(STEPS, start=1):
        step(page, number)
        page.wait_for_url(f"**step={name}**")
        expect(page.locator(".katex").first).to_be_visible()
        expect(pictures(page).first).to_be_visible()
        expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
        if number < len(STEPS):
            page.get_by_role("button", name=words["next"]).click()
    expect(page.get_by_role("button", name=words["next"])).to_be_disabled()
    page.get_by_role("button", name=words["back"]).click()
    step(page, 8)
    page.get_by_text(words["cost"], exact=True).click()
    expect(page.get_by_text(words["ms"]).first).to_be_visible()


def test_arrow_keys_go_on_and_back(new_page):
    page = new_page("/anatomy")
    step(page, 1)
    page.keyboard.press("ArrowRight")
    step(page, 2)
    page.keyboard.press("ArrowRight")
    step(page, 3)
    page.keyboard.press("ArrowLeft")
    step(page, 2)


def test_a_weight_is_worked_out_by_hand(new_page):
    """Layer 3 head 1 from “it” to “animal”: 21.69, over √32 3.83, after softmax 0.677."""
    page = new_page("/anatomy?step=scores&layer=3&head=1&cell=3,10,2")
    expect(page.locator(LINE)).to_contain_text("S “it”, “animal” = 3.83")
    expect(page.locator(LINE)).to_contain_text("21.68")
    page = new_page("/anatomy?step=softmax&layer=3&head=1&cell=1,10,2")
    expect(page.locator(LINE)).to_contain_text("= 0.6768")
    page = new_page("/anatomy?step=softmax&layer=3&head=1&cell=1,10,2&unscaled=1")
    expect(page.locator(LINE)).to_contain_text("= 1.0000")


def test_a_cell_of_a_product_writes_its_sum_and_a_click_stays_in_the_link(new_page):
    page = new_page("/anatomy?step=qkv&layer=3&head=1")
    made = pictures(page).nth(2)
    expect(made).to_be_visible()
    made.hover(position={"x": 40, "y": 40})
    expect(page.locator(LINE)).to_contain_text("379 more terms")
    expect(page.locator(LINE)).to_contain_text("bias")
    made.click(position={"x": 40, "y": 40})
    page.wait_for_url("**cell=2%2C**")


def test_a_symbol_opens_its_matrix_with_its_numbers_and_closes_it(new_page):
    page = new_page("/anatomy?step=scores&layer=3&head=1")
    expect(pictures(page)).to_have_count(4)
    chip = page.locator("button.chip").nth(2)
    chip.click()
    expect(pictures(page)).to_have_count(5)
    expect(chip).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Columns to the right").click()
    page.get_by_role("button", name="Close").click()
    expect(pictures(page)).to_have_count(4)
    expect(chip).to_be_focused()  # the keyboard goes on from where the matrix was opened


def test_the_columns_of_an_open_matrix_follow_the_keyboard(new_page):
    page = new_page("/anatomy?step=qkv&layer=3&head=1")
    expect(pictures(page).first).to_be_visible()
    page.locator("button.chip").nth(1).click()
    earlier = page.get_by_role("button", name="Columns to the left")
    expect(earlier).to_be_disabled()
    page.locator(".view:has(.chips) .frame").focus()
    for _matrix in range(20):
        page.keyboard.press("PageDown")
        page.keyboard.press("End")
        if earlier.is_enabled():
            break
    expect(page.get_by_role("button", name="Columns to the right")).to_be_disabled()
    page.keyboard.press("Home")
    expect(earlier).to_be_disabled()


def test_keys_walk_over_cells_without_leaving_the_step(new_page):
    page = new_page("/anatomy?step=values&layer=3&head=1")
    expect(pictures(page).first).to_be_visible()
    frame = page.locator(".view:has(.chips) .frame")
    frame.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(LINE)).to_contain_text("column 1")
    page.keyboard.press("ArrowDown")
    expect(page.locator(LINE)).to_contain_text("“the”")
    step(page, 5)


def test_the_map_leads_to_a_layer_and_its_parts(new_page):
    page = new_page("/anatomy?step=qkv&layer=3&head=1")
    expect(pictures(page).first).to_be_visible()
    map_ = page.locator(".view:not(:has(.chips)) .frame").first
    map_.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**step=ffn**")
    step(page, 8)
    for _part in range(2):
        page.keyboard.press("ArrowDown")
    page.wait_for_url("**layer=4**")


def test_the_page_fits_a_telephone(new_page):
    page = new_page("/anatomy?step=ffn", width=390, height=800)
    expect(pictures(page).first).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    page.get_by_role("button", name="Next").click()
    step(page, 9)


def test_hostile_text_is_text(new_page):
    page = new_page("/anatomy?step=scores&text=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E+**bold**")
    expect(pictures(page).first).to_be_visible()
    assert page.locator("img[src=x]").count() == 0
