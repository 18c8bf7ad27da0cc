"""A class: one teacher and three students, each in a browser of their own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

WORDS = {
    "en": {
        "class": "Class",
        "open": "Open a class",
        "enter": "Follow the teacher",
        "code": "Class code",
        "alone": "Explore alone",
        "back": "Back to the teacher",
        "tokens": "Tokens",
        "attention": "Attention",
        "question": "A question for all",
        "choices": "Choices, one a line",
        "ask": "Ask",
        "end": "End the class",
        "over": "The class is over",
        "link": "A student's link",
        "show": "Show it to all",
        "outside": "This link leads outside",
        "text": "Text",
    },
    "zh": {
        "class": "课堂",
        "open": "开一堂课",
        "enter": "跟随老师",
        "code": "课堂代码",
        "alone": "自己探索",
        "back": "回到老师的页面",
        "tokens": "词元",
        "attention": "注意力",
        "question": "问全班的问题",
        "choices": "选项，每行一个",
        "ask": "提问",
        "end": "结束课堂",
        "over": "课堂已结束",
        "link": "学生的链接",
        "show": "给全班看",
        "outside": "这个链接指向外面",
        "text": "文本",
    },
}


def open_panel(page, words):
    page.get_by_test_id("stPopover").get_by_role("button", name=words["class"]).click()


def enter(page, words, code):
    open_panel(page, words)
    box = page.get_by_role("textbox", name=words["code"])
    box.fill(code)
    box.press("Enter")


def go(page, name):
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_three_students_follow_a_teacher_let_go_come_back_and_answer(new_page, lang):
    words = WORDS[lang]
    teacher = new_page("/tokens", lang=lang)
    expect(teacher.get_by_role("heading", level=1, name=words["tokens"])).to_be_visible()
    open_panel(teacher, words)
    teacher.get_by_role("button", name=words["open"]).click()
    code = teacher.locator(".badge .code").inner_text()
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{5}", code)
    students = [new_page("/", lang=lang) for _number in range(3)]
    for student in students:
        enter(student, words, code.lower())
        expect(student.get_by_role("heading", level=1, name=words["tokens"])).to_be_visible()
    expect(teacher.locator(".badge .count")).to_contain_text("3")

    box = teacher.get_by_role("textbox", name=words["text"], exact=True)
    box.fill("seventeen lighthouses")
    box.press("Control+Enter")
    for student in students:
        expect(student.locator(".chip", has_text="lighthouse").first).to_be_visible()

    first, second, third = students
    first.get_by_role("button", name=words["alone"]).first.click()
    expect(teacher.locator(".badge .count")).to_contain_text("2")
    go(third, words["attention"])  # who goes elsewhere lets go
    expect(third.get_by_role("button", name=words["back"]).first).to_be_visible()
    expect(teacher.locator(".badge .count")).to_contain_text("1")

    box.fill("one more keeper")
    box.press("Control+Enter")
    expect(second.locator(".chip", has_text="keeper").first).to_be_visible()
    expect(first.locator(".chip", has_text="lighthouse").first).to_be_visible()
    first.get_by_role("button", name=words["back"]).first.click()
    expect(first.locator(".chip", has_text="keeper").first).to_be_visible()
    third.get_by_role("button", name=words["back"]).first.click()
    expect(third.locator(".chip", has_text="keeper").first).to_be_visible()
    second.reload()
    expect(second.locator(".chip", has_text="keeper").first).to_be_visible()
    expect(teacher.locator(".badge .count")).to_contain_text("3")

    asked = teacher.get_by_role("textbox", name=words["question"])
    if not asked.is_visible():
        open_panel(teacher, words)
    asked.fill("3 < 5?")
    teacher.get_by_role("textbox", name=words["choices"]).fill("yes\nno")
    teacher.get_by_role("button", name=words["ask"], exact=True).click()
    for student, answer in zip(students, ["yes", "no", "yes"], strict=True):
        student.get_by_role("radio", name=answer).or_(
            student.get_by_role("button", name=answer, exact=True)
        ).first.click()
    expect(teacher.locator(".answer", has_text="yes").locator(".number")).to_have_text("2")
    expect(teacher.locator(".answer", has_text="no").locator(".number")).to_have_text("1")

    teacher.get_by_role("textbox", name=words["link"]).fill("https://example.org/tokens?text=x")
    teacher.get_by_role("button", name=words["show"]).click()
    expect(teacher.get_by_test_id("stAlertContentError")).to_contain_text(words["outside"])
    teacher.get_by_role("button", name=words["end"]).click()
    for student in students:
        expect(student.get_by_text(words["over"])).to_be_visible()


def test_wrong_codes_are_said_and_slowed_down(new_page):
    words, page = WORDS["en"], new_page("/")
    open_panel(page, words)
    box = page.get_by_role("textbox", name=words["code"])
    wrong = page.get_by_test_id("stAlertContentError")
    box.fill("<b>")
    box.press("Enter")
    expect(wrong).to_contain_text("A class code has 5 signs")
    for code in ["22222", "33333", "44444", "55555"]:
        box.fill(code)
        box.press("Enter")
        expect(wrong).to_contain_text(code)
    box.fill("66666")
    box.press("Enter")
    expect(wrong).to_contain_text("Too many wrong codes")
