"""The Prompts page in a browser: search, keep, share, open again, and the ladder."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

WORDS = {
    "en": {
        "save": "Save",
        "as": "Save the prompt of Build as",
        "best": "Best of 8 tries",
        "done": "the search is done",
        "other": "belongs to another browser",
        "ladder": "What made a point",
    },
    "zh": {
        "save": "保存",
        "as": "把“编写”中的提示存为",
        "best": "8 次尝试中最好的",
        "done": "搜索状态：完成",
        "other": "属于另一个浏览器",
        "ladder": "一个点由什么得来",
    },
}
PROMPT = (
    "template=%7B%7B+text+%7D%7D+It+was+%5BMASK%5D.&words=negative%3A+terrible%0Apositive%3A+great"
)
START = f"/prompts?model=minilm-l6-masked&dataset=movie-snippets&{PROMPT}"


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.models
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_prompt_is_searched_saved_shared_and_opened_again(new_page, server, lang):
    words = WORDS[lang]
    page = new_page(f"{START}&tab=improve&panel=search", lang=lang)
    for name, value in (("rows", "20"), ("held_out", "30"), ("tries", "8")):
        field = page.locator(f".st-key-prompts-search-triggers-{name} input")
        field.fill(value)
        field.press("Enter")
        page.wait_for_timeout(600)
    page.locator(".st-key-prompts_search_start button").click()
    expect(page.get_by_text(re.compile(words["best"]))).to_be_visible(timeout=120_000)
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    expect(page.get_by_text(re.compile(words["done"]))).to_be_visible(timeout=120_000)
    page.locator(".st-key-prompts_search_open button").click()
    expect(page).to_have_url(re.compile("tab=build"))
    found = page.url

    page.goto(found.replace("tab=build", "tab=library"))
    name = page.get_by_label(words["as"])
    name.fill("Films")
    button(page, words["save"]).first.click()
    expect(page).to_have_url(re.compile(r"saved=[0-9a-f]{10}"))
    expect(page.get_by_text("[MASK]").first).to_be_visible()
    shared = page.url.removeprefix(server)

    other = new_page(shared, lang=lang)
    expect(other.get_by_text(re.compile(words["other"])).first).to_be_visible()
    other.locator(".st-key-prompts_library_open button").click()
    expect(other).to_have_url(re.compile("tab=build"))

    page.goto(f"{server}{START}&tab=improve&panel=ladder&lang={lang}")
    expect(page.get_by_text(words["ladder"]).first).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_be_visible()


@pytest.mark.models
def test_a_broken_file_is_one_sentence_and_nothing_is_lost(new_page, tmp_path):
    page = new_page(f"{START}&tab=library")
    page.get_by_label("Save the prompt of Build as").fill("Kept")
    button(page, "Save").first.click()
    expect(page.get_by_text("Kept · 1").first).to_be_visible()
    broken = tmp_path / "broken.yaml"
    broken.write_text("prompts: [{label: a}]", "utf-8")
    button(page, "Import and export").click()
    page.locator("input[type=file]").set_input_files(broken)
    expect(
        page.get_by_text(re.compile("cannot be read as prompts .*nothing was changed"))
    ).to_be_visible()
    expect(page.get_by_text("Kept · 1").first).to_be_visible()
    page.keyboard.press("Escape")
