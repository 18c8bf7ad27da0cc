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
    """Type ``text``, and leave the box so that the page takes it."""
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
    type_into(page, text, "Why was the show of the singer called off?")
    hit = page.get_by_role("table").first.get_by_role("row").nth(1)
    expect(hit).to_contain_text("The concert was cancelled because the singer was ill.")
    open_fold(page, groups)
    expect(page.locator(".js-plotly-plot")).to_be_visible(timeout=SLOW)
    type_into(page, lines, "The soup is hot.\nThe singer fell ill.\nThe soup is hot.")
    expect(hit).to_contain_text("The singer fell ill.")
    expect(page.get_by_text("Something went wrong")).to_have_count(0)
