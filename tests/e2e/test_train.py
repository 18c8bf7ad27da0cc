"""The Train page in a browser: a file becomes a run, which goes on without its page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

GOOD = ("a fine film", "wonderful acting", "I loved every minute", "a warm and clever story")
BAD = ("a dull film", "terrible acting", "I hated every minute", "a cold and stupid story")


@pytest.fixture
def reviews(tmp_path):
    """Forty short reviews with their labels."""
    rows = [
        f"{text} number {number},{label}"
        for number in range(5)
        for texts, label in ((GOOD, "good"), (BAD, "bad"))
        for text in texts
    ]
    path = tmp_path / "reviews.csv"
    path.write_text("\n".join(["text,label", *rows]) + "\n", "utf-8")
    return path


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_a_file_is_learnt_from_watched_left_and_found_done(new_page, server, reviews):
    page = new_page("/train?dataset=&method=head")
    page.locator("input[type=file]").set_input_files(reviews)
    expect(page.get_by_text("40 rows: 32 to learn from, 8 held out to check.")).to_be_visible()
    expect(button(page, "Start")).to_be_enabled()
    button(page, "Start").click()
    expect(page).to_have_url(re.compile(r"tab=runs.*run=\w+"))
    address = page.url.removeprefix(server)
    page.context.close()  # the run goes on

    again = new_page(address.replace("lang=en", "lang=zh"), lang="zh")
    expect(again.get_by_text(re.compile("完成："))).to_be_visible(timeout=90_000)
    expect(again.locator(".js-plotly-plot").first).to_be_visible()
    expect(button(again, "停止")).to_have_count(0)


def test_a_network_begins_from_nothing_with_texts_of_ones_own(new_page, tmp_path):
    path = tmp_path / "mine.txt"
    texts = (f"Animal {n} crossed the street. It was wide. Nobody saw it." for n in range(60))
    path.write_text("\n\n".join(texts), "utf-8")
    page = new_page("/train?start=nothing&corpus=")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text(re.compile(r"\d+ texts to learn from, \d+ held out"))).to_be_visible()
    button(page, "Settings").click()
    steps = page.get_by_role("spinbutton", name="Steps")
    steps.fill("20")
    steps.press("Enter")
    expect(page.get_by_text(re.compile(", 20 steps:"))).to_be_visible(timeout=60_000)
    page.keyboard.press("Escape")
    button(page, "Start").click()
    expect(page).to_have_url(re.compile(r"tab=runs.*run=\w+"))
    expect(page.get_by_text(re.compile("^Done: "))).to_be_visible(timeout=120_000)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "is empty"),
        ("header.csv", b"text,label\n", "no rows"),
        ("one.csv", b"text,label\na,x\nb,x\nc,x\n", "one label only"),
        ("zip.csv", b"PK\x03\x04" + bytes(200), "zip.csv"),
    ],
)
def test_a_file_that_cannot_be_learnt_from_is_told_in_a_sentence(
    new_page, tmp_path, name, content, said
):
    path = tmp_path / name
    path.write_bytes(content)
    page = new_page("/train?dataset=")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text(said).first).to_be_visible()
    expect(page.get_by_text("Something went wrong")).to_have_count(0)
    expect(page.locator("button:enabled", has_text=re.compile("^Start$"))).to_have_count(0)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_runs_of_nobody_say_where_to_begin(new_page, lang):
    page = new_page(f"/train?tab=runs&run=nonsense&lang={lang}", lang=lang, width=390)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    expect(page.get_by_test_id("stMainBlockContainer")).to_contain_text(
        "运行" if lang == "zh" else "run"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_tuned_model_answers_beside_the_untrained_one_and_opens_in_attention(
    new_page, server, reviews
):
    """Fine-tune, look at the run, type a text, and look inside the model that came of it."""
    page = new_page("/train?dataset=&method=head")
    page.locator("input[type=file]").set_input_files(reviews)
    expect(button(page, "Start")).to_be_enabled(timeout=60_000)
    button(page, "Start").click()
    expect(page).to_have_url(re.compile(r"tab=runs.*run=\w+"))
    run_id = re.search(r"run=(\w+)", page.url)[1]
    expect(page.get_by_text(re.compile(r"Done:"))).to_be_visible(timeout=120_000)

    page.get_by_role("radio", name="Model", exact=True).click()
    box = page.get_by_label("Text", exact=True)
    box.fill("a warm and clever film")
    box.press("Control+Enter")
    expect(page.get_by_text("After the run").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Before its first step").first).to_be_visible()

    page.get_by_role("link", name="Open in Attention").click()
    expect(page).to_have_url(re.compile(rf"/attention\?.*model=run%3A{run_id}"))
    expect(page.get_by_test_id("stMainBlockContainer").locator("canvas").first).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_text("is not on this server")).to_have_count(0)
