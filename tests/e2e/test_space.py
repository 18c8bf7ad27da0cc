"""The room "Where words live" of the page Anatomy, used as a reader would use it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

WORDS = {
    "en": {"whole": "Whole lines", "nearest": "Nearest to", "way": "Its way through the layers"},
    "zh": {"whole": "整行", "nearest": "离", "way": "它穿过各层的路"},
}
BANKS = "I+sat+on+the+bank+of+the+river.%0AI+went+to+the+bank+for+a+loan."
LINE = ".view .line"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_points_their_neighbours_and_a_words_way_are_shown(new_page, lang):
    words = WORDS[lang]
    page = new_page(f"/anatomy?room=space&lang={lang}", lang=lang)
    pictures = page.locator("canvas.picture")
    expect(page.get_by_text(words["way"])).to_be_visible()
    expect(pictures).to_have_count(2)
    expect(page.locator(LINE).first).to_contain_text("0.")  # cosines of the point that is chosen
    page.locator(".view .frame").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**point=1**")
    page.get_by_text(words["whole"], exact=True).click()
    expect(page.get_by_text(words["way"])).to_have_count(0)
    page.get_by_text("3-D", exact=True).click()
    page.wait_for_url("**axes=3**")
    expect(pictures).to_have_count(1)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


def test_a_word_has_two_vectors_and_a_word_that_is_not_there_is_named(new_page):
    page = new_page(f"/anatomy?model=minilm-l6&room=space&lines={BANKS}&word=bank", width=420)
    expect(page.get_by_role("cell", name="1.000")).to_be_visible()
    expect(page.get_by_role("cell", name="0.787").last).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 420
    box = page.get_by_role("textbox", name="The word")
    box.fill("bridge")
    box.press("Enter")
    expect(page.get_by_test_id("stAlertContentError").first).to_contain_text("none of the lines")
    expect(box).to_have_value("bridge")
