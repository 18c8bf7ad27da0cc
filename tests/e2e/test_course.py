"""The course, walked through as a student would, and a lesson brought as a teacher would."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

WORDS = {
    "en": {
        "begin": "Begin with lesson 1",
        "guess": "More than ten",
        "insight": "A model never sees words",
        "box": "unknown tokens",
        "wrong": "not yet",
        "right": "Your guess was right.",
        "next": re.compile("^Next: What a head looks at"),
        "done": "1 of ",
        "close": "Close the lesson",
    },
    "zh": {
        "begin": "从第 1 课开始",
        "guess": "十个以上",
        "insight": "模型看到的不是词",
        "box": "未知词元数",
        "wrong": "还不对",
        "right": "你猜对了。",
        "next": re.compile("^下一课：头在看什么"),
        "done": "完成了 1 课",
        "close": "关闭这一课",
    },
}
GOOD = """
title: Two unknown pieces
opens: {page: tokens, state: {first: minilm-l6, text: 累 宽}}
guess: {question: "How many?", choices: [none, all], right: 1}
insight: A **vocabulary** limits sight.
question: "How many pieces are unknown?"
answers: [{label: unknown, value: 2}]
hint: Count them.
reveal: Both.
"""
BAD = {
    "html.yaml": (GOOD.replace("Both.", "<script>alert(1)</script>"), "HTML"),
    "page.yaml": (GOOD.replace("page: tokens", "page: nowhere"), "nowhere is no page"),
    "text.yaml": (GOOD.replace("hint: Count them.", ""), "hint is missing"),
    "huge.yaml": (GOOD + "#" * 70_000, "a lesson has at most 64,000"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_lesson_is_walked_through_from_its_guess_to_the_next(new_page, lang):
    words = WORDS[lang]
    page = new_page(f"/course?lang={lang}", lang=lang, theme="dark" if lang == "zh" else "light")
    page.get_by_role("button", name=words["begin"]).click()
    page.wait_for_url("**/tokens?**")
    beside = page.get_by_test_id("stSidebar")
    expect(beside.get_by_text(words["insight"])).to_have_count(0)  # the guess comes first
    beside.get_by_text(words["guess"], exact=True).click()
    expect(beside.get_by_text(words["insight"])).to_be_visible()
    box = beside.get_by_role("textbox", name=words["box"])
    box.fill("12")
    box.press("Enter")
    expect(beside.get_by_text(words["wrong"])).to_be_visible()
    box.fill("１３")
    box.press("Enter")
    expect(beside.get_by_text(words["right"])).to_be_visible()
    beside.get_by_role("button", name=words["next"]).click()
    page.wait_for_url(re.compile("/attention\\?.*layer=3&head=1"))
    expect(page.locator("canvas").first).to_be_visible()
    page.reload()  # a new session of the same browser goes on where it was
    expect(beside.get_by_role("button", name=words["close"])).to_be_visible()
    beside.get_by_role("button", name=words["close"]).click()
    expect(beside.get_by_role("button", name=words["close"])).to_have_count(0)
    page.goto(re.sub("/attention.*", f"/course?lang={lang}", page.url))
    expect(page.get_by_text(words["done"])).to_be_visible()


def test_a_lesson_is_brought_as_a_file_and_a_bad_one_is_refused_in_a_sentence(new_page):
    page = new_page("/course?tab=write")
    chooser = page.locator("input[type=file]")
    expect(chooser).to_have_count(1)
    for name, (text, said) in BAD.items():
        chooser.set_input_files(
            {"name": name, "mimeType": "application/yaml", "buffer": text.encode()}
        )
        expect(page.get_by_test_id("stAlertContentError")).to_contain_text(said)
    chooser.set_input_files(
        {"name": "good.yaml", "mimeType": "application/yaml", "buffer": GOOD.encode()}
    )
    page.get_by_role("button", name="Keep this lesson").click()
    page.get_by_role("button", name="Try it").click()
    page.wait_for_url("**/tokens?**")
    beside = page.get_by_test_id("stSidebar")
    beside.get_by_text("all", exact=True).click()
    box = beside.get_by_role("textbox", name="unknown")
    box.fill("2")
    box.press("Enter")
    expect(beside.get_by_text("Your guess was right.")).to_be_visible()


def test_a_telephone_shows_the_lessons_within_its_width(new_page):
    page = new_page("/course", width=420, height=900)
    expect(page.get_by_role("button", name="Begin with lesson 1")).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 420
