"""The page Masked words, used as a reader would use it."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

WORDS = {
    "en": {
        "step": "Step",
        "fill": "Fill all",
        "back": "Back",
        "settings": "Settings",
        "orders": "Fill in every order",
        "attention": "Attention of the mask",
        "lens": "Through the layers",
        "names": ("the surest first", "left to right", "right to left"),
        "first": 2,  # where the first mask stands
    },
    "zh": {
        "step": "一步",
        "fill": "填完",
        "back": "后退",
        "settings": "设置",
        "orders": "按每种顺序各填一次",
        "attention": "掩码的注意力",
        "lens": "逐层预测",
        "names": ("先填最有把握的", "从左到右", "从右到左"),
        "first": 1,
    },
}
HOSTILE = "</script><img src=x onerror=alert(1)> **bold** [MASK]"


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def chips(page):
    """What stands on the chips of the text."""
    return page.locator(".view:has(.strip)").first.locator(".chip")


def sentences(page):
    """The sentences that the branches make."""
    page.get_by_role("table").first.wait_for()
    rows = page.get_by_role("table").first.get_by_role("row").all()[1:]
    return [row.get_by_role("cell").nth(1).inner_text() for row in rows]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_three_masks_in_every_order_scrubbed_branched_and_shared(new_page, server, lang):
    words = WORDS[lang]
    page = new_page(f"/masked?lang={lang}", lang=lang)
    expect(chips(page).filter(has_text="[MASK]")).to_have_count(3)
    button(page, words["settings"]).click()
    button(page, words["orders"]).click()
    for name in words["names"]:
        expect(page.get_by_role("cell", name=name).first).to_be_visible()
    made = sentences(page)
    assert len(set(made)) >= 2  # the order matters; two orders may give one sentence
    assert not any("[MASK]" in sentence for sentence in made)
    page.keyboard.press("Escape")

    # Scrub back to before the first step, and choose otherwise there.
    expect(page).to_have_url(re.compile(r"at=\d\.\d"))
    for _step in range(3):
        expect(button(page, words["back"])).to_be_enabled()
        before = page.url
        button(page, words["back"]).click()
        page.wait_for_url(lambda url, before=before: url != before)
    expect(page).to_have_url(re.compile("at=start"))
    expect(chips(page).filter(has_text="[MASK]")).to_have_count(3)
    panels = page.locator(".panel")
    expect(panels).to_have_count(3)
    expect(page.locator(".panel .chosen")).to_have_count(0)  # those of the start, not of a step
    fourth = panels.first.get_by_role("option").nth(3)
    word = fourth.locator(".word").inner_text()
    fourth.click()
    expect(chips(page).filter(has_text="[MASK]")).to_have_count(2)
    expect(chips(page).nth(words["first"])).to_have_text(word)
    button(page, words["fill"]).click()
    expect(chips(page).filter(has_text="[MASK]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"at=\d+\.2(&|$)"))  # the third step: the link has them all

    again = new_page(page.url.removeprefix(server), lang=lang)
    for shown in (page, again):
        expect(shown.get_by_role("table").first).not_to_contain_text("[MASK]")
    assert sentences(again) == sentences(page)
    expect(chips(again)).to_have_text(chips(page).all_inner_texts())


def test_a_word_masked_by_a_click_is_ranked_among_the_predictions(new_page):
    text = "She opened the door and walked into the room."
    page = new_page(f"/masked?text={quote(text)}")
    expect(page.get_by_text("Click a word to mask it, or type [MASK]")).to_be_visible()
    page.locator(".chip", has_text=re.compile("^door$")).click()
    expect(page.locator(".panel")).to_have_count(1)
    expect(page.locator(".panel .original")).to_contain_text("door")
    expect(page.locator(".panel .original")).to_contain_text("rank")
    expect(page).to_have_url(re.compile("masks=4"))
    page.locator(".chip", has_text="[MASK]").click()
    expect(page.locator(".panel")).to_have_count(0)
    expect(page.locator(".chip", has_text=re.compile("^door$"))).to_be_visible()


def test_two_words_masked_by_a_click_are_filled_one_after_the_other(new_page):
    """As lesson 8 opens the page."""
    text = quote("New York is a city in the United States of America.")
    page = new_page(f"/masked?model=minilm-l6-masked&text={text}&masks=2,9")
    for _step in range(2):
        button(page, "Step").click()
        expect(
            page.get_by_role("region", name="Predictions").or_(page.locator(".panel")).first
        ).to_be_visible()
        expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    expect(button(page, "Step")).to_be_disabled()


def test_a_long_text_says_where_it_was_cut(new_page):
    page = new_page(f"/masked?lang=zh&tab=score&text={quote('这条街很宽。' * 20)}", lang="zh")
    expect(page.get_by_test_id("stAlertContentWarning")).to_contain_text("64")


def test_the_inside_of_a_step_is_its_attention_and_its_layers(new_page):
    page = new_page("/masked?inside=attention")
    expect(page.get_by_text("attention from mask 1")).to_be_visible()
    expect(page.get_by_role("link", name="All heads of this text")).to_be_visible()
    page.get_by_role("radio", name=WORDS["en"]["lens"]).click()
    expect(page.locator(".view canvas").first).to_be_visible()


def test_a_word_of_several_pieces_is_masked_whole_and_read_whole(new_page):
    text = "The tokenizer cuts a word into pieces."
    page = new_page(f"/masked?text={quote(text)}")
    page.locator(".chip", has_text=re.compile("^token$")).click()
    expect(chips(page).filter(has_text="[MASK]")).to_have_count(2)
    expect(page.get_by_text("masks 1 to 2 as one word")).to_be_visible()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("model=minilm-l6", "Attention page"),
        ("model=smollm2-135m-instruct", "Generation page"),
        ("text=", "The text is empty"),
        ("text=No+mask+here.", "Click a word to mask it"),
        ("text=%5BMASK%5D+%5BMASK%5D", "Nothing but masks"),
        ("steps=_3.17&at=0.0", "do not fit this text"),
        ("steps=nonsense", "cannot be used"),
        (f"text={'word+' * 600}%5BMASK%5D", "shorten it"),
    ],
)
def test_what_cannot_be_filled_is_said_in_a_sentence(new_page, query, said):
    page = new_page(f"/masked?{query}")
    expect(page.get_by_text(said).first).to_be_visible()
    expect(page.get_by_text("Something went wrong")).to_have_count(0)


def test_a_mask_spelled_as_another_model_spells_it_is_understood(new_page):
    page = new_page(f"/masked?text={quote('She opened the <mask> slowly.')}")
    expect(page.locator(".panel")).to_have_count(1)


def test_hostile_text_stays_text(new_page):
    page = new_page(f"/masked?text={quote(HOSTILE)}")
    expect(page.locator(".panel")).to_have_count(1)
    button(page, "Step").click()
    expect(page.locator(".panel .chosen")).to_be_visible()
    expect(page.locator("img[src=x]")).to_have_count(0)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("tab", ["scheme", "score", "next", "models", "table"])
def test_every_tab_opens_with_something_in_it(new_page, tab, lang):
    page = new_page(f"/masked?tab={tab}&lang={lang}", lang=lang)
    main = page.get_by_test_id("stMainBlockContainer")
    expect(main.locator(".view, table, [data-testid=stAlertContentInfo]").first).to_be_visible()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


def test_the_page_fits_a_telephone(new_page):
    page = new_page("/masked?steps=_5.2088", width=390)
    expect(page.locator(".panel")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
