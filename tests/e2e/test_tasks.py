"""The page Tasks: three families in three ways, on the default and on a text of one's own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

WORDS = {
    "en": {
        "classification": "Classification",
        "tagging": "Tagging",
        "comprehension": "Comprehension",
        "text": "Text",
        "question": "Question",
        "many": "Many texts",
        "lines": "Texts, one a line",
        "python": "Copy as Python",
        "csv": "Table as CSV",
        "attention": "Attention of this text",
        "word": "The word “dog”",
        "column": "Column of a CSV (empty: the obvious one)",
    },
    "zh": {
        "classification": "分类",
        "tagging": "标注",
        "comprehension": "阅读理解",
        "text": "文本",
        "question": "问题",
        "many": "多条文本",
        "lines": "文字，每行一段",
        "python": "复制为 Python",
        "csv": "表格（CSV）",
        "attention": "这段文本的注意力",
        "word": "词“dog”",
        "column": "CSV 的列名（留空：取最明显的一列）",
    },
}


def card(page, name):
    return page.locator(".st-key-tasks_cards").get_by_role("button", name=name, exact=True)


def way(page, name):
    return page.locator(f".st-key-tasks_way_{name}")


def write(page, name, text):
    """Type once the page rests, as somebody does who has read it."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    box = page.get_by_role("textbox", name=name, exact=True)
    box.fill(text)
    box.press("Control+Enter")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_three_families_answer_their_example_and_a_text_of_ones_own(new_page, server, lang):
    words = WORDS[lang]
    page = new_page(f"/tasks?task=sentiment&lang={lang}", lang=lang)
    for name in ("builtin", "prompted", "tuned"):
        expect(way(page, name).locator(".panel")).to_be_visible()
        expect(way(page, name).get_by_role("link", name=words["attention"])).to_be_visible()
    write(page, words["text"], "A dull film, badly written and far too long.")
    expect(page).to_have_url(re.compile("dull"))
    expect(way(page, "tuned").get_by_role("heading")).to_have_text(re.compile("negative|负面"))
    page.get_by_text(words["python"]).click()
    expect(page.locator("code").first).to_contain_text("A dull film, badly written")
    page.get_by_text(words["many"]).click()
    write(page, words["lines"], "I loved it.\nI hated it.")
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("button", name=words["csv"])).to_be_visible()

    card(page, words["tagging"]).click()  # what was typed goes along
    chips = way(page, "builtin").locator(".chip")
    expect(chips.first).to_have_text("ADET")
    write(page, words["text"], "The old dog sleeps.")
    expect(chips).to_have_count(5)
    expect(chips.nth(2)).to_have_text("dogNOUN")
    chips.nth(2).click()
    expect(page).to_have_url(re.compile("word=2"))
    expect(page.get_by_text(words["word"])).to_be_visible()

    page.goto(f"{server}/tasks?task=reading&lang={lang}")
    answer = way(page, "prompted").locator("strong", has_text="Clara Voss")
    expect(answer).to_be_visible()
    expect(way(page, "builtin").get_by_text("Clara Voss").first).to_be_visible()
    write(page, words["question"], "Who is the mayor of Paris?")
    silent = re.compile("^(Not in the text|文本里没有)$")
    expect(way(page, "builtin").locator("strong", has_text=silent)).to_be_visible()
    write(page, words["text"], "Ada Moreau has been the mayor of Paris since May. She likes tea.")
    expect(way(page, "builtin").get_by_text("Ada Moreau").first).to_be_visible()
    expect(way(page, "prompted").get_by_text("Ada Moreau").first).to_be_visible()


def test_what_cannot_be_answered_is_said_and_nothing_is_lost(new_page):
    words = WORDS["en"]
    page = new_page("/tasks?task=sentiment")
    expect(way(page, "builtin").locator(".panel")).to_be_visible()
    write(page, words["text"], "这部电影很好看。")
    expect(way(page, "builtin").get_by_text("looks like Chinese")).to_be_visible()
    write(page, words["text"], "word " * 400)
    expect(way(page, "tuned").get_by_text("windows")).to_be_visible()
    page.get_by_text(words["many"]).click()
    write(page, words["column"], "nowhere")
    table = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"id,text\n1,Good film\n"}
    page.locator("input[type=file]").set_input_files(table)
    expect(page.get_by_text("has no column “nowhere”")).to_be_visible()
    write(page, words["column"], "")
    expect(page.get_by_role("row")).to_have_count(2)
    write(page, words["text"], " ")
    expect(page.get_by_text("The text is empty").first).to_be_visible()
    expect(page.get_by_text("Something went wrong")).to_have_count(0)


def test_the_page_fits_a_telephone(new_page):
    page = new_page("/tasks?task=parts-of-speech", width=390)
    expect(way(page, "builtin").locator(".chip").first).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
