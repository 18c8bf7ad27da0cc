"""Every page loads, in both languages and both themes, and nothing leaves the server.

``new_page`` fails a test on any error in the console and any request to elsewhere.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

PAGES = {
    "/": {"en": "Look inside a language model", "zh": "看看语言模型里面"},
    "/tokens": {"en": "Tokens", "zh": "词元"},
    "/attention": {"en": "Attention", "zh": "注意力"},
    "/models": {"en": "Models", "zh": "模型"},
}
PICTURES = {
    "/": "canvas",
    "/tokens": "[role=list]",
    "/attention": "canvas",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", list(PAGES))
def test_a_page_draws_its_result_at_once(new_page, path, lang, theme):
    page = new_page(path, lang=lang, theme=theme)
    expect(page.get_by_role("heading", name=PAGES[path][lang], exact=True).first).to_be_visible()
    if path in PICTURES:
        expect(page.locator(PICTURES[path]).first).to_be_visible()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("path", list(PAGES))
def test_a_page_fits_a_telephone(new_page, path):
    page = new_page(path, width=390, height=800)
    expect(page.get_by_role("heading", name=PAGES[path]["en"], exact=True).first).to_be_visible()
    if path in PICTURES:
        expect(page.locator(PICTURES[path]).first).to_be_visible()
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= 390


def test_home_leads_to_attention_in_one_click_and_to_the_other_model_in_one_more(new_page):
    page = new_page("/")
    page.get_by_role("link", name="All heads of this sentence").click()
    expect(page.get_by_text("All 72 heads")).to_be_visible()
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="SmolLM2").click()
    expect(page.get_by_text("All 270 heads")).to_be_visible()


def test_the_language_switches_texts_model_and_sentence_and_stands_in_the_link(new_page):
    page = new_page("/attention")
    expect(page.get_by_text("All 72 heads")).to_be_visible()
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_role("heading", name="注意力", exact=True)).to_be_visible()
    expect(page.get_by_text("270")).to_be_visible()
    expect(page.get_by_role("textbox", name="文本").first).to_have_value(
        "这只动物没有过马路，因为它太累了。"
    )
    page.wait_for_url("**lang=zh**")


def test_what_was_typed_stays_when_the_language_switches(new_page):
    page = new_page("/attention?text=My+own+words&lang=en")
    expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value("My own words")
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_role("heading", name="注意力", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="文本").first).to_have_value("My own words")


def test_every_page_is_in_the_navigation(new_page):
    page = new_page("/")
    for name in ("Home", "Tokens", "Attention", "Models"):
        expect(page.get_by_test_id("stSidebarNav").get_by_role("link", name=name)).to_be_visible()


def test_an_unknown_address_says_so(new_page):
    page = new_page("/nowhere", faulty=True)
    expect(page.get_by_role("dialog")).to_be_visible()
