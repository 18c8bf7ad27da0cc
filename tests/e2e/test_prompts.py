"""The Prompts page in a browser: built, measured, compared, calibrated, shared; what it refuses."""

from __future__ import annotations

import csv
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from core.prompts.recorded import recorded

WORDS = {
    "en": {
        "measure": "Measure",
        "two": "Two prompts",
        "improve": "Improve",
        "run": "Run",
        "both": "Run both",
        "calibrate": "Run before and after",
        "second": "Second template",
        "accuracy": "accuracy",
        "noise": re.compile("This is (noise|more than noise)"),
        "before": "before",
        "recorded": re.compile("Recorded .* on 1,000 rows"),
        "tokens": re.compile(r"\d+ tokens of 512"),
    },
    "zh": {
        "measure": "测量",
        "two": "两个提示",
        "improve": "改进",
        "run": "运行",
        "both": "两个都运行",
        "calibrate": "运行校准前后",
        "second": "第二个模板",
        "accuracy": "准确率",
        "noise": re.compile("这(是|不只是)噪声"),
        "before": "前",
        "recorded": re.compile("在 1,000 行英文电影评论片段上"),
        "tokens": re.compile(r"\d+ 个词元（上限 512）"),
    },
}
CLOZE = "{{ text }} It was [MASK]."
START = (
    f"/prompts?model=minilm-l6-masked&template={quote(CLOZE)}"
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
    page.get_by_role("radio", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    ).first.click()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_two_prompts_are_built_measured_compared_calibrated_and_shared(
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
    button(page, WORDS[lang]["run"]).or_(page.get_by_role("button", name="Run again")).or_(
        page.get_by_role("button", name="重新运行")
    ).first.click()
    expect(page.get_by_text(said["recorded"])).to_have_count(0, timeout=90_000)
    expect(page.get_by_role("cell", name=said["accuracy"], exact=True).first).to_be_visible(
        timeout=90_000
    )

    choose(page, said["two"])
    page.get_by_role("textbox", name=said["second"]).fill("{{ text }} All in all it was [MASK].")
    page.get_by_role("textbox", name=said["second"]).press("Control+Enter")
    button(page, said["both"]).click()
    expect(page.get_by_text(said["noise"])).to_be_visible(timeout=90_000)

    choose(page, said["improve"])
    button(page, said["calibrate"]).click()
    expect(page.get_by_role("cell", name=said["before"], exact=False).first).to_be_visible(
        timeout=90_000
    )
    expect(page).to_have_url(re.compile("tab=improve"))
    address = page.url.removeprefix(server)
    page.context.close()

    again = new_page(address, lang=lang)
    expect(button(again, said["calibrate"])).to_be_visible()
    choose(again, "Build" if lang == "en" else "编写")
    expect(again.locator(".chip.answer")).to_have_count(1)


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
