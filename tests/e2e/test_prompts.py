"""The Prompts page in a browser: from two prompts to one that others open; refusals."""

from __future__ import annotations

import csv
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from core.prompts.recorded import recorded

WORDS = {
    "en": {
        "build": "Build",
        "measure": "Measure",
        "improve": "Improve",
        "library": "Library",
        "two": "Two prompts",
        "matrix": "Matrix",
        "search": "Search",
        "ladder": "Ladder",
        "run": re.compile("^Run( again)?$"),
        "both": "Run both",
        "cells": "Run 4 cells",
        "best_cell": "the best",
        "calibrate": "Run before and after",
        "second": "Second template",
        "accuracy": "accuracy",
        "noise": re.compile("This is (noise|more than noise)"),
        "before": "before",
        "recorded": re.compile("Recorded .* on 1,000 rows"),
        "tokens": re.compile(r"\d+ tokens of 512"),
        "tried": re.compile("Best of 8 tries"),
        "done": re.compile("the search is done"),
        "point": "What made a point",
        "climb": "Climb with the rows of Build",
        "save": "Save",
        "as": "Save the prompt of Build as",
        "other": re.compile("belongs to another browser"),
    },
    "zh": {
        "build": "编写",
        "measure": "测量",
        "improve": "改进",
        "library": "提示库",
        "two": "两个提示",
        "matrix": "矩阵",
        "search": "搜索",
        "ladder": "阶梯",
        "run": re.compile("^(重新)?运行$"),
        "both": "两个都运行",
        "cells": "运行 4 个格子",
        "best_cell": "最好",
        "calibrate": "运行校准前后",
        "second": "第二个模板",
        "accuracy": "准确率",
        "noise": re.compile("这(是|不只是)噪声"),
        "before": "前",
        "recorded": re.compile("在 1,000 行英文电影评论片段上"),
        "tokens": re.compile(r"\d+ 个词元（上限 512）"),
        "tried": re.compile("8 次尝试中最好的"),
        "done": re.compile("搜索状态：完成"),
        "point": "一个点由什么得来",
        "climb": "用“编写”中的数据攀登",
        "save": "保存",
        "as": "把“编写”中的提示存为",
        "other": re.compile("属于另一个浏览器"),
    },
}
MODELS = ("MiniLM-L6 masked", "SmolLM2 135M Instruct")
CLOZE = "{{ text }} It was [MASK]."
START = (
    f"/prompts?model=minilm-l6-masked&template={quote(CLOZE)}"
    f"&words={quote('negative: terrible' + chr(10) + 'positive: great')}"
)


@pytest.fixture
def snippets(tmp_path):
    """The first 80 of the movie snippets that were recorded."""
    found = recorded()
    path = tmp_path / "snippets.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["text", "label"])
        lines.writerows(zip(found.texts[:80], found.truths[:80], strict=True))
    return path


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def choose(page, name):
    """A room or a panel, which are buttons in a row."""
    page.get_by_role("radio", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    ).first.click()


def at_rest(page):
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


@pytest.mark.models
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_two_prompts_are_measured_on_two_models_calibrated_searched_saved_and_shared(
    new_page, server, snippets, lang
):
    said = WORDS[lang]
    page = new_page(f"{START}&lang={lang}&dataset=", lang=lang)
    page.locator("input[type=file]").set_input_files(snippets, timeout=90_000)
    expect(page.get_by_text(said["tokens"])).to_be_visible(timeout=90_000)
    expect(page.locator(".chip.variable").first).to_be_visible()
    expect(page.locator(".chip.answer")).to_have_count(1)

    choose(page, said["measure"])
    expect(page.get_by_text(said["recorded"])).to_be_visible()
    page.get_by_role("button", name=said["run"]).click()
    expect(page.get_by_text(said["recorded"])).to_have_count(0, timeout=90_000)
    cell = page.get_by_role("cell", name=said["accuracy"], exact=True).first
    expect(cell).to_be_visible(timeout=90_000)

    choose(page, said["two"])
    page.get_by_role("textbox", name=said["second"]).fill("{{ text }} All in all it was [MASK].")
    page.get_by_role("textbox", name=said["second"]).press("Control+Enter")
    button(page, said["both"]).click()
    expect(page.get_by_text(said["noise"])).to_be_visible(timeout=90_000)

    choose(page, said["matrix"])
    for name in MODELS:
        at_rest(page)
        page.locator(".st-key-prompts-models input").fill(name)
        page.get_by_role("option", name=name).first.click()
    page.keyboard.press("Escape")
    button(page, said["cells"]).click()
    best = page.get_by_role("cell", name=said["best_cell"], exact=True)
    expect(best).to_be_visible(timeout=240_000)

    choose(page, said["improve"])
    button(page, said["calibrate"]).click()
    before = page.get_by_role("cell", name=said["before"], exact=False).first
    expect(before).to_be_visible(timeout=90_000)
    expect(page).to_have_url(re.compile("tab=improve"))

    choose(page, said["search"])
    for name, value in (("rows", "20"), ("held_out", "30"), ("tries", "8")):
        at_rest(page)
        field = page.locator(f".st-key-prompts-search-triggers-{name} input")
        field.fill(value)
        field.press("Enter")
    start = page.locator(".st-key-prompts_search_start button")
    expect(start).to_be_enabled()  # else it tells what stands on the page instead
    start.click()
    expect(page.get_by_text(said["tried"])).to_be_visible(timeout=180_000)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    expect(page.get_by_text(said["done"])).to_be_visible(timeout=60_000)
    at_rest(page)

    choose(page, said["ladder"])
    expect(button(page, said["climb"])).to_be_visible()
    expect(page.get_by_text(said["point"]).first).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()

    choose(page, said["search"])
    page.locator(".st-key-prompts_search_open button").click()
    expect(page.locator(".chip.answer")).to_have_count(1, timeout=60_000)
    choose(page, said["library"])
    page.get_by_label(said["as"]).fill("Films")
    button(page, said["save"]).first.click()
    expect(page.locator(".st-key-prompts_library_open button")).to_be_visible()
    expect(page).to_have_url(re.compile("saved=[0-9a-f]|x="))

    other = new_page(page.url.removeprefix(server), lang=lang)
    expect(other.get_by_text(said["other"]).first).to_be_visible(timeout=60_000)
    other.locator(".st-key-prompts_library_open button").click()
    expect(other.locator(".chip.answer")).to_have_count(1, timeout=60_000)


@pytest.mark.models
def test_a_broken_file_is_one_sentence_and_what_was_saved_stays(new_page, snippets, tmp_path):
    said = WORDS["en"]
    page = new_page(f"{START}&dataset=")
    page.locator("input[type=file]").set_input_files(snippets, timeout=90_000)
    expect(page.locator(".chip.answer")).to_have_count(1, timeout=90_000)
    choose(page, said["library"])
    page.get_by_label(said["as"]).fill("Kept")
    button(page, said["save"]).first.click()
    expect(page.locator(".st-key-prompts_library_open button")).to_be_visible()
    broken = tmp_path / "broken.yaml"
    broken.write_text("prompts: [{label: a}]", "utf-8")
    button(page, "Import and export").click()
    page.locator("input[type=file]").set_input_files(broken)
    told = re.compile("cannot be read as prompts .*nothing was changed")
    expect(page.get_by_text(told)).to_be_visible()
    expect(page.locator(".st-key-prompts_library_open button")).to_be_visible()


def test_what_a_prompt_may_not_be_is_said_where_it_stands_and_stays_typed(new_page):
    page = new_page(f"{START}&dataset=")
    box = page.get_by_role("textbox", name="Template")
    expect(page.locator(".chip.answer")).to_have_count(1, timeout=90_000)
    for typed, told in (
        ("{{ ''.__class__ }}", "__class__"),
        (
            "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
            "20,000 turns",
        ),
        ("{{ author }} [MASK]", "“author”"),
        ("", "The template is empty"),
    ):
        box.fill(typed)
        box.press("Control+Enter")
        expect(page.get_by_text(told).first).to_be_visible()
        expect(box).to_have_value(typed)
    words = page.get_by_role("textbox", name="Words of each label")
    words.fill("a: good\nb: good")
    words.press("Control+Enter")
    expect(page.get_by_text("stands for two labels").first).to_be_visible()
    expect(words).to_have_value("a: good\nb: good")
