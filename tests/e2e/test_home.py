"""Home as the way in, the Guide, and the projector."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

WORDS = {
    "en": {
        "word": "wide",
        "moved": "moves by 0.115",
        "text": "Text",
        "look": "Look at its heads",
        "attention": "Attention",
        "home": "Home",
        "go_on": "Go on",
        "map": "any text, several tokenizers side by side",
        "tokens": "Tokens",
        "guide": "Guide",
        "glossary": "Glossary",
        "find": "Find a term",
        "term": "Turns numbers into shares",
        "class": "Class",
        "projector": "Projector: larger type, fewer controls",
        "copy": "Copy link",
    },
    "zh": {
        "word": "宽",
        "moved": "移动 0.017",
        "text": "文本",
        "look": "看它的注意力头",
        "attention": "注意力",
        "home": "首页",
        "go_on": "继续",
        "map": "任意文本，几个分词器并排看",
        "tokens": "词元",
        "guide": "指南",
        "glossary": "术语表",
        "find": "查找术语",
        "term": "把一组数变成和为 1 的份额",
        "class": "课堂",
        "projector": "投影：字更大，控件更少",
        "copy": "复制链接",
    },
}


def title(page, name):
    return page.get_by_role("heading", level=1, name=name, exact=True)


def test_the_last_word_follows_the_language(new_page):
    page = new_page("/?word=wide")
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_role("radio", name="累")).to_be_checked()
    page.wait_for_url("**lang=zh**")
    assert "None" not in page.url
    page.get_by_role("radio", name="宽").click()
    page.wait_for_url("**word=**")
    link = page.get_by_role("link", name="这句话的所有头")
    expect(link).not_to_have_attribute("href", re.compile("None"))
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("radio", name="tired")).to_be_checked()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_from_home_to_a_sentence_of_ones_own_back_and_on_through_map_and_guide(new_page, lang):
    words, page = WORDS[lang], new_page("/", lang=lang)
    page.get_by_role("radio", name=words["word"]).click()
    expect(page.get_by_text(words["moved"]).first).to_be_visible()
    box = page.get_by_role("textbox", name=words["text"], exact=True)
    box.fill("Seventeen lighthouses <b>shine</b>.")
    page.get_by_role("button", name=words["look"]).click()
    expect(title(page, words["attention"])).to_be_visible()
    expect(page.get_by_role("textbox", name=words["text"], exact=True)).to_have_value(
        "Seventeen lighthouses <b>shine</b>."
    )
    page.wait_for_url("**lang=**")
    navigation = page.get_by_test_id("stSidebarNav")
    navigation.get_by_role("link", name=words["home"], exact=True).click()
    expect(page.get_by_role("heading", name=words["go_on"], exact=True)).to_be_visible()
    expect(page.get_by_text("Seventeen lighthouses").first).to_be_visible()
    page.get_by_role("button", name=words["map"]).click()
    expect(title(page, words["tokens"])).to_be_visible()
    navigation.get_by_role("link", name=words["guide"], exact=True).click()
    expect(page.get_by_text("softmax(dim=-1)")).to_be_visible()
    page.get_by_role("radio", name=words["glossary"]).click()
    find = page.get_by_role("textbox", name=words["find"])
    find.fill("softmax")
    find.press("Enter")
    expect(page.get_by_text(words["term"])).to_be_visible()
    expect(page.get_by_text("top-k")).to_have_count(0)


def test_a_projector_has_larger_chips_and_fewer_controls_and_stands_in_the_link(new_page):
    words, page = WORDS["en"], new_page("/tokens")
    chip = page.locator(".chip").first
    expect(chip).to_be_visible()
    assert chip.evaluate("chip => chip.offsetHeight") == 32
    page.get_by_test_id("stPopover").get_by_role("button", name=words["class"]).click()
    page.get_by_text(words["projector"]).click()
    expect(page.get_by_role("button", name=words["copy"])).to_have_count(0)
    page.wait_for_url("**mode=projector**")
    assert page.locator(".chip").first.evaluate("chip => chip.offsetHeight") == 44
    opened = new_page(page.url.replace(page.url.partition("/tokens")[0], ""))
    expect(opened.locator(".chip").first).to_be_visible()
    expect(opened.get_by_role("button", name=words["copy"])).to_have_count(0)
    assert opened.locator(".chip").first.evaluate("chip => chip.offsetHeight") == 44
