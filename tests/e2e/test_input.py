"""Bad input in a browser: one sentence where it was typed, the text stays, nothing is executed."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

INJECTION = "</script><img src=x onerror=alert(1)>"
RIGHT_TO_LEFT = "مرحبا بالعالم שלום עולם"
EMOJI = "👩‍👩‍👧‍👦 🇨🇳 👍🏽 e\u0301"


def type_text(page, label, text):
    box = page.get_by_role("textbox", name=label, exact=True)
    box.fill(text)
    box.press("Control+Enter")
    return box


def test_the_tokens_of_a_model_that_no_list_shows_are_drawn(new_page):
    """A checkpoint of a run, or a run's model that comes with Headlight."""
    page = new_page("/tokens?first=tuned:sentiment")
    expect(page.locator(".chip").first).to_be_visible()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


@pytest.mark.parametrize("path", ["/attention", "/tokens"])
@pytest.mark.parametrize(
    "text", [INJECTION, RIGHT_TO_LEFT, EMOJI], ids=["injection", "rtl", "emoji"]
)
def test_any_text_is_shown_and_nothing_of_it_is_executed(new_page, path, text):
    page = new_page(path)
    box = type_text(page, "Text", text)
    page.wait_for_url(f"**{quote(text.split()[0][:6], safe='')[:6]}**")
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    expect(box).to_have_value(text)
    assert page.locator("img[src='x']").count() == 0


@pytest.mark.parametrize("path", ["/attention", "/tokens"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "The text is empty"), ("   ", "The text is empty"), ("a\x00b", "NUL")],
)
def test_a_text_that_cannot_be_read_gets_one_sentence_and_stays(new_page, path, text, sentence):
    page = new_page(f"{path}?text={quote(text)}")
    expect(page.get_by_test_id("stAlertContentError").first).to_contain_text(sentence)
    type_text(page, "Text", "All is well again.")
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


def test_a_very_long_text_is_cut_and_the_page_says_where(new_page):
    page = new_page("/attention")
    long = "word " * 20_000
    box = type_text(page, "Text", long)
    expect(page.get_by_text("Too long: 20,002 tokens, the limit is 512.")).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    expect(box).to_have_value(long)
    page.wait_for_url("**x=**")


def test_a_long_text_reopens_from_its_short_link(new_page):
    page = new_page("/tokens")
    text = "A sentence that is said again and again. " * 60
    type_text(page, "Text", text)
    page.wait_for_url("**x=**")
    again = new_page(page.url.replace(page.url.split("/tokens")[0], "") or "/tokens")
    expect(again.get_by_role("textbox", name="Text", exact=True)).to_have_value(text)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("model=../../etc/passwd", "is not on this server"),
        ("model=http://example.invalid/model", "is not on this server"),
        ("layer=99&head=0", "has no layer 99"),
        ("layer=abc", "layer=abc cannot be used"),
        ("x=nothing", "nothing is not stored"),
        ("lang=klingon", ""),
    ],
)
def test_a_bad_link_is_named_and_the_page_lives(new_page, query, sentence):
    page = new_page(f"/attention?{query}")
    expect(page.get_by_role("heading", level=1, name="Attention")).to_be_visible()
    if sentence:
        expect(page.get_by_test_id("stAlert").first).to_contain_text(sentence)
    if "model" not in query:
        expect(page.locator("canvas").first).to_be_visible()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("../secrets", "There is no folder"),
        ("https://example.invalid/model", "There is no model"),
        ("no such model", "There is no model"),
    ],
)
def test_a_model_name_that_names_nothing_gets_one_sentence_and_stays(new_page, name, sentence):
    page = new_page("/models")
    box = page.get_by_role("textbox", name="Hub name or folder")
    box.fill(name)
    box.press("Enter")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text(sentence)
    expect(box).to_have_value(name)


def test_a_folder_with_pickled_weights_is_refused_with_the_reason(new_page, tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "bert", "architectures": ["BertModel"]}')
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04pickle")
    page = new_page("/models")
    page.get_by_role("textbox", name="Hub name or folder").fill(str(tmp_path))
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("pickle")
