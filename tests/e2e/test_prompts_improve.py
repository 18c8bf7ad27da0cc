"""The Prompts page in a browser: a search, its prompt kept, shared and opened again, the ladder."""

from __future__ import annotations

import csv
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from core.prompts.ladder import recorded_ladder
from core.prompts.recorded import recorded

WORDS = {
    "en": {
        "build": "Build",
        "improve": "Improve",
        "library": "Library",
        "search": "Search",
        "ladder": "Ladder",
        "save": "Save",
        "as": "Save the prompt of Build as",
        "best": "Best of 8 tries",
        "done": "the search is done",
        "other": "belongs to another browser",
        "point": "What made a point",
        "climb": "Climb with the rows of Build",
    },
    "zh": {
        "build": "编写",
        "improve": "改进",
        "library": "提示库",
        "search": "搜索",
        "ladder": "阶梯",
        "save": "保存",
        "as": "把“编写”中的提示存为",
        "best": "8 次尝试中最好的",
        "done": "搜索状态：完成",
        "other": "属于另一个浏览器",
        "point": "一个点由什么得来",
        "climb": "用“编写”中的数据攀登",
    },
}
START = (
    f"/prompts?model=minilm-l6-masked&dataset=&template={quote('{{ text }} It was [MASK].')}"
    f"&words={quote('negative: terrible' + chr(10) + 'positive: great')}"
)


@pytest.fixture
def snippets(tmp_path):
    """The first 200 of the movie snippets that were recorded."""
    found = recorded()
    path = tmp_path / "snippets.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["text", "label"])
        lines.writerows(zip(found.texts[:200], found.truths[:200], strict=True))
    return path


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def choose(page, name):
    """A room or a panel, which are buttons in a row."""
    page.get_by_role("radio", name=name, exact=True).or_(button(page, name)).first.click()


@pytest.mark.models
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_prompt_is_searched_for_saved_shared_and_opened_again(new_page, server, snippets, lang):
    said = WORDS[lang]
    page = new_page(f"{START}&lang={lang}", lang=lang)
    page.locator("input[type=file]").set_input_files(snippets, timeout=90_000)
    expect(page.locator(".chip.answer")).to_have_count(1, timeout=90_000)

    choose(page, said["improve"])
    choose(page, said["search"])
    for name, value in (("rows", "20"), ("held_out", "30"), ("tries", "8")):
        field = page.locator(f".st-key-prompts-search-triggers-{name} input")
        field.fill(value)
        field.press("Enter")
        page.wait_for_timeout(700)
    page.locator(".st-key-prompts_search_start button").click()
    expect(page.get_by_text(re.compile(said["best"]))).to_be_visible(timeout=180_000)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    expect(page.get_by_text(re.compile(said["done"]))).to_be_visible(timeout=60_000)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.locator(".st-key-prompts_search_open button").click()
    expect(page.locator(".chip.answer")).to_have_count(1, timeout=60_000)

    choose(page, said["library"])
    page.get_by_label(said["as"]).fill("Films")
    button(page, said["save"]).first.click()
    expect(page.locator(".st-key-prompts_library_open button")).to_be_visible()
    page.wait_for_timeout(1_000)
    shared = page.url.removeprefix(server)

    other = new_page(shared, lang=lang)
    expect(other.get_by_text(re.compile(said["other"])).first).to_be_visible(timeout=60_000)
    other.locator(".st-key-prompts_library_open button").click()
    expect(other.locator(".chip.answer")).to_have_count(1, timeout=60_000)

    choose(page, said["improve"])
    choose(page, said["ladder"])
    expect(button(page, said["climb"])).to_be_visible()
    if recorded_ladder() is not None:
        expect(page.get_by_text(said["point"]).first).to_be_visible()
        expect(page.locator(".js-plotly-plot").first).to_be_visible()


@pytest.mark.models
def test_a_broken_file_is_one_sentence_and_nothing_is_lost(new_page, snippets, tmp_path):
    page = new_page(START)
    page.locator("input[type=file]").set_input_files(snippets, timeout=90_000)
    expect(page.locator(".chip.answer")).to_have_count(1, timeout=90_000)
    choose(page, "Library")
    page.get_by_label("Save the prompt of Build as").fill("Kept")
    button(page, "Save").first.click()
    expect(page.locator(".st-key-prompts_library_open button")).to_be_visible()
    broken = tmp_path / "broken.yaml"
    broken.write_text("prompts: [{label: a}]", "utf-8")
    button(page, "Import and export").click()
    page.locator("input[type=file]").set_input_files(broken)
    told = re.compile("cannot be read as prompts .*nothing was changed")
    expect(page.get_by_text(told)).to_be_visible()
    expect(page.locator(".st-key-prompts_library_open button")).to_be_visible()
