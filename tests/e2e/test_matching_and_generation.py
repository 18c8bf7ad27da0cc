"""Matching and generation on the page Tasks, used as a reader would use them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from core.language import _, speaking

SLOW = 120_000


def words(lang, *texts):
    """``texts`` as they stand on the page."""
    with speaking(lang):
        return [_(text) for text in texts]


def box(page, label):
    return page.get_by_role("textbox", name=label, exact=True)


def type_into(page, label, text):
    """Type ``text`` once the page is at rest, and leave the box so that the page takes it."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    place = box(page, label)
    place.fill(text)
    place.press("Control+Enter")


def open_fold(page, label):
    page.locator("summary", has_text=label).click()


def way(page, name):
    return page.locator(f".st-key-tasks_way_{name}")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_text_is_matched_with_lines_compared_by_token_and_searched(new_page, lang):
    text, tokens, groups, lines = words(
        lang, "Text", "Token by token", "Groups on a plane", "Lines to search"
    )
    candidates, search = {
        "en": ("Candidates, one a line", "Semantic search"),
        "zh": ("候选句子，每行一个", "语义搜索"),
    }[lang]
    page = new_page(f"/tasks?task=similarity&lang={lang}", lang=lang)
    first = way(page, "builtin").get_by_role("row").nth(1)
    expect(first).to_contain_text("At the market she purchased 3 kg of apples.")
    expect(first).to_contain_text("0.94")
    expect(way(page, "prompted").get_by_role("row")).to_have_count(6, timeout=SLOW)
    open_fold(page, tokens)
    expect(page.locator(".view canvas").first).to_be_visible()

    type_into(page, text, "A bird is singing in the tree.")
    type_into(page, candidates, "The tax was raised.\nA bird sings in a tree.")
    expect(first).to_contain_text("A bird sings in a tree.")
    expect(page).to_have_url(re.compile("singing"))

    page.get_by_role("radio", name=search, exact=True).click()
    expect(page).to_have_url(re.compile("task=search"))
    type_into(page, text, "Why was the show of the singer called off?")
    hit = page.get_by_role("table").first.get_by_role("row").nth(1)
    expect(hit).to_contain_text("The concert was cancelled because the singer was ill.")
    open_fold(page, groups)
    expect(page.locator(".js-plotly-plot")).to_be_visible(timeout=SLOW)
    type_into(page, lines, "The soup is hot.\nThe singer fell ill.\nThe soup is hot.")
    expect(hit).to_contain_text("The singer fell ill.")
    expect(page.get_by_text("Something went wrong")).to_have_count(0)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_numbers_are_translated_and_an_answer_is_stopped_and_written_again(new_page, lang):
    text, stop, again, many, texts, references = words(
        lang,
        *("Text", "Stop", "Write it again", "Many texts", "Texts, one a line"),
        "References, one for each text (optional)",
    )
    page = new_page(f"/tasks?task=to-english&lang={lang}", lang=lang)
    built_in = way(page, "builtin")
    expect(built_in).to_contain_text("thirty thousand five hundred and twenty-eight")
    expect(built_in).to_contain_text("BLEU 100.0")
    type_into(page, text, "1234")
    expect(built_in).to_contain_text("one thousand two hundred and thirty-four")

    open_fold(page, many)
    type_into(page, texts, "7\n42")
    type_into(page, references, "seven")
    expect(page.get_by_text(re.compile("^(1 references came|2 段文本却有)"))).to_be_visible()
    type_into(page, references, "seven\nforty-two")
    expect(page.get_by_role("row", name=re.compile("1.00.*100%"))).to_be_visible(timeout=SLOW)

    continuation = {"en": "Continuation", "zh": "续写"}[lang]
    page.get_by_role("radio", name=continuation, exact=True).click()
    expect(page).to_have_url(re.compile("task=continuation"))
    # What was written for one reader stands there for the next: each language has its own.
    person = {"en": "king", "zh": "queen"}[lang]
    type_into(page, text, f"Once upon a time there was a {person}")
    expect(page).to_have_url(re.compile(person))
    halt = way(page, "builtin").get_by_role("button", name=stop, exact=True)
    expect(halt).to_be_visible(timeout=SLOW)
    halt.click()
    redo = way(page, "builtin").get_by_role("button", name=again)
    expect(redo).to_be_visible()
    redo.click()
    expect(redo).to_have_count(0)
    expect(page.get_by_text("Something went wrong")).to_have_count(0)


def test_what_cannot_be_matched_or_written_is_said_and_nothing_is_lost(new_page, tmp_path):
    page = new_page("/tasks?task=to-english&text=a+cat&second=")
    said = page.get_by_text("whole numbers from 0 to 999,999")
    expect(said).to_be_visible()
    page.get_by_role("button", name="Matching", exact=True).click()
    page.get_by_role("radio", name="Semantic search", exact=True).click()
    expect(page.get_by_role("table").first).to_be_visible()
    upload = page.locator("input[type=file]")
    table = tmp_path / "table.csv"
    table.write_text("name,age\nAnn,3\nBen,4\n")
    upload.set_input_files(table)
    expect(page.get_by_text("has no column called text")).to_be_visible()
    column = box(page, "Column of a CSV (empty: the obvious one)")
    column.fill("name")
    column.press("Enter")
    expect(page.get_by_role("table").first).to_contain_text("Ann")
    many = tmp_path / "many.txt"
    many.write_text("\n".join(f"line {number}" for number in range(50_001)))
    page.get_by_role("button", name=re.compile("Remove|delete", re.IGNORECASE)).first.click()
    upload.set_input_files(many)
    expect(page.get_by_text("the limit is 50,000")).to_be_visible()
    expect(box(page, "Text")).to_have_value("a cat")
    expect(page.get_by_text("Something went wrong")).to_have_count(0)
