"""Every page loads, in both languages and both themes, and nothing leaves the server.

``new_page`` fails a test on any error in the console and any request to elsewhere.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

PAGES = {
    "/": {"en": "Look inside a language model", "zh": "看看语言模型里面"},
    "/guide": {"en": "Guide", "zh": "指南"},
    "/tokens": {"en": "Tokens", "zh": "词元"},
    "/attention": {"en": "Attention", "zh": "注意力"},
    "/anatomy": {"en": "Anatomy", "zh": "解剖"},
    "/prompts": {"en": "Prompts", "zh": "提示"},
    "/models": {"en": "Models", "zh": "模型"},
}
PICTURES = {
    "/": "canvas",
    "/tokens": "[role=list]",
    "/attention": "canvas",
    "/anatomy": "canvas",
    "/prompts": "[role=list]",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_page_draws_its_result_at_once(new_page, server, lang, theme):
    page = new_page("/", lang=lang, theme=theme)
    for path, headings in PAGES.items():
        page.goto(f"{server}{path}")
        expect(
            page.get_by_role("heading", level=1, name=headings[lang], exact=True)
        ).to_be_visible()
        if path in PICTURES:
            expect(page.locator(PICTURES[path]).first).to_be_visible()
        expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
        expect(page.get_by_test_id("stException")).to_have_count(0)


def test_every_page_fits_a_telephone(new_page, server):
    page = new_page("/", width=390, height=800)
    for path, headings in PAGES.items():
        page.goto(f"{server}{path}")
        expect(
            page.get_by_role("heading", level=1, name=headings["en"], exact=True)
        ).to_be_visible()
        if path in PICTURES:
            expect(page.locator(PICTURES[path]).first).to_be_visible()
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_the_first_screen_of_home_holds_the_sentence_the_head_and_its_reading(new_page):
    page = new_page("/", width=1280, height=800)
    for shown in (
        page.locator(".chip").last,
        page.get_by_role("link", name="All heads of this sentence"),
        page.locator(".view:has(.marks) .legend").first,
    ):
        expect(shown).to_be_in_viewport(ratio=1)


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
    expect(page.get_by_role("heading", level=1, name="注意力")).to_be_visible()
    expect(page.get_by_text("270")).to_be_visible()
    expect(page.get_by_role("textbox", name="文本").first).to_have_value(
        "这只动物没有过马路，因为它太累了。"
    )
    page.wait_for_url("**lang=zh**")


def test_what_was_typed_stays_when_the_language_switches(new_page):
    page = new_page("/attention?text=My+own+words&lang=en")
    expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value("My own words")
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_role("heading", level=1, name="注意力")).to_be_visible()
    expect(page.get_by_role("textbox", name="文本").first).to_have_value("My own words")


def test_every_page_is_in_the_navigation(new_page):
    page = new_page("/")
    for name in ("Home", "Tokens", "Attention", "Anatomy", "Models"):
        expect(page.get_by_test_id("stSidebarNav").get_by_role("link", name=name)).to_be_visible()


def test_an_unknown_address_says_so(new_page):
    page = new_page("/nowhere", faulty=True)
    expect(page.get_by_role("dialog")).to_be_visible()
