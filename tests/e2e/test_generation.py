"""The Generation page in a browser: steps, branches, links, and what cannot be generated."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

WORDS = {
    "en": {
        "step": "Step",
        "end": "To the end",
        "back": "Back",
        "play": "Play",
        "pause": "Pause",
        "lens": "Through the layers",
        "cache": "KV cache",
    },
    "zh": {
        "step": "一步",
        "end": "写到结尾",
        "back": "后退",
        "play": "播放",
        "pause": "暂停",
        "lens": "逐层预测",
        "cache": "KV 缓存",
    },
}
PROMPT = "The capital of France is"
STORY = "The old lighthouse keeper opened the door and"
HOSTILE = "</script><img src=x onerror=alert(1)> **bold** <|im_start|>"


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def chips(page):
    return page.locator(".view:has(.strip)").first.locator(".chip")


def candidates(page):
    """The bars of the next token."""
    name = re.compile("The likeliest next tokens|最可能的下一个词元")
    return page.get_by_role("listbox", name=name).get_by_role("option")


def endings(page):
    """What the branches wrote, from the table that compares them."""
    page.get_by_role("table").first.wait_for()
    rows = page.get_by_role("table").first.get_by_role("row").all()[1:]
    return [tuple(row.get_by_role("cell").all_inner_texts()) for row in rows]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_twenty_tokens_another_fifth_and_the_same_tree_elsewhere(new_page, server, lang):
    words = WORDS[lang]
    page = new_page(f"/generation?lang={lang}&text={quote(STORY)}&seed=3", lang=lang)
    expect(button(page, words["step"])).to_be_enabled()
    expect(chips(page).first).to_be_visible()
    given = chips(page).count()
    button(page, words["end"]).click()
    expect(page).to_have_url(re.compile(r"at=0\.\d+"))
    written = chips(page).count() - given
    assert 5 < written <= 20

    chips(page).nth(given + 3).click()  # the fourth: what comes next is the fifth
    expect(page).to_have_url(re.compile(r"at=0\.3(&|$)"))
    expect(chips(page)).to_have_count(given + 4)
    options = candidates(page)
    expect(options.nth(1)).to_be_visible()
    second = 1 if options.nth(1).get_attribute("aria-selected") != "true" else 0
    options.nth(second).click()
    expect(page).to_have_url(re.compile(r"at=1\.0(&|$)"))
    button(page, words["end"]).click()
    expect(page).to_have_url(re.compile(r"at=1\.\d\d?"))
    page.wait_for_url(lambda url: not url.endswith("at=1.0") and "at=1.0&" not in url)
    found = endings(page)
    assert len(found) == 2
    assert found[0][2] != found[1][2]

    again = new_page(page.url.removeprefix(server), lang=lang)
    expect(chips(again)).to_have_count(chips(page).count())
    assert endings(again) == endings(page)
    expect(chips(again)).to_have_text(chips(page).all_inner_texts())


def test_same_prompt_settings_and_seed_give_the_same_tokens(new_page):
    texts = []
    for _time in range(2):
        page = new_page(f"/generation?text={quote(PROMPT)}&seed=11&count=6")
        button(page, "To the end").click()
        expect(page).to_have_url(re.compile(r"at=0\.5(&|$)"))
        texts.append(chips(page).all_inner_texts())
    assert texts[0] == texts[1]


def test_a_slider_changes_the_bars_and_takes_no_step(new_page):
    page = new_page(f"/generation?text={quote(PROMPT)}&temperature=1&top_p=1")
    expect(page.get_by_text("49,152 of 49,152 tokens kept")).to_be_visible()
    page.get_by_role("slider", name=re.compile("Top-p")).focus()
    for _press in range(20):
        page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"top_p=0\.8(&|$)"))
    expect(page.get_by_text("49,152 of 49,152 tokens kept")).to_have_count(0)
    expect(page).to_have_url(re.compile("at=start"))


def test_another_language_begins_without_the_steps_of_the_other_model(new_page):
    page = new_page("/generation")
    button(page, "Step").click()
    page.wait_for_url("**steps=**")
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_role("heading", level=1, name="生成")).to_be_visible()
    page.wait_for_url("**lang=zh**")
    expect(page).not_to_have_url(re.compile("steps=_"))


def test_play_writes_by_the_clock_until_it_is_paused(new_page):
    page = new_page(f"/generation?text={quote(PROMPT)}&count=30")
    button(page, "Play").click()
    expect(page).to_have_url(re.compile(r"at=0\.[1-9]"))  # a step may pass between two looks
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    stopped = chips(page).count()
    page.wait_for_timeout(2500)
    assert chips(page).count() == stopped


def test_the_inside_of_a_step(new_page):
    page = new_page(f"/generation?text={quote(PROMPT)}&steps=_7042&at=0.0&inside=attention")
    expect(page.get_by_text("attention from the last token").first).to_be_visible()
    page.get_by_role("radio", name=WORDS["en"]["lens"]).click()
    expect(page.locator(".view canvas").last).to_be_visible()
    page.get_by_role("radio", name=WORDS["en"]["cache"]).click()
    expect(page.get_by_text("[30, 3, 6, 64]")).to_be_visible()
    button(page, "Measure a step with and without it").click()
    expect(page.get_by_text("times as long")).to_be_visible()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("model=minilm-l6", "Attention page"),
        ("model=minilm-l6-masked", "Masked words page"),
        ("text=", "The text is empty"),
        ("steps=_99999999&at=0.0", "cannot be used"),
        ("steps=_900000&at=0.0", "do not fit this text"),
        ("steps=_3.17&at=0.0", "do not fit this text"),
        ("temperature=99", "cannot be used"),
        ("temperature=0", "Step"),
        ("top_p=0", "1 of 49,152 tokens kept"),
        (f"text={'word+' * 9000}", "Too long"),
    ],
)
def test_what_cannot_be_generated_is_said_in_a_sentence(new_page, query, said):
    page = new_page(f"/generation?{query}")
    expect(page.get_by_text(said).first).to_be_visible()
    expect(page.get_by_text("Something went wrong")).to_have_count(0)


def test_hostile_text_stays_text(new_page):
    page = new_page(f"/generation?text={quote(HOSTILE)}")
    button(page, "Step").click()
    expect(page).to_have_url(re.compile(r"at=0\.0"))
    expect(page.locator("img[src=x]")).to_have_count(0)
    expect(chips(page).filter(has_text="im")).not_to_have_count(0)  # pieces, not one special token


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("tab", ["beams", "score", "chat"])
def test_every_tab_opens_with_something_in_it(new_page, tab, lang):
    page = new_page(f"/generation?tab={tab}&lang={lang}", lang=lang)
    if tab == "chat" and lang == "zh":  # the Chinese model has no chat template
        page.get_by_role("button", name="用 smollm2-135m-instruct 对话").click()
    main = page.get_by_test_id("stMainBlockContainer")
    expect(main.locator(".view, table, [data-testid=stChatInput]").first).to_be_visible()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


def test_beam_search_is_walked_step_by_step(new_page):
    page = new_page(f"/generation?tab=beams&beams=2&count=4&text={quote(PROMPT)}")
    expect(page.get_by_text("The score of the winner")).to_be_visible()
    expect(page.get_by_role("cell", name="Greedy", exact=True)).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page).to_have_url(re.compile(r"beam_step=3(&|$)"))
    expect(page.get_by_text("Kept after step 3")).to_be_visible()


def test_a_chat_streams_its_answer_beside_what_the_model_reads(new_page):
    page = new_page("/generation?tab=chat&temperature=0")
    button(page, "What is the capital of France?").click()
    answer = page.get_by_test_id("stChatMessage").nth(1)
    expect(answer).to_contain_text("Paris")
    expect(answer).to_contain_text("ended by the model")
    expect(page.get_by_text("<|im_start|>").first).to_be_visible()
    page.get_by_role("link", name="Go on step by step with this prompt").click()
    expect(page).to_have_url(re.compile("special=1"))
    expect(chips(page).first).to_have_text("<|im_start|>")


def test_a_saved_tree_is_opened_again(new_page, tmp_path):
    page = new_page(f"/generation?text={quote(PROMPT)}&steps=_7042_28~0-1_30&at=1.0&seed=5")
    before = endings(page)
    button(page, "Settings").click()
    with page.expect_download() as download:
        button(page, "Save these branches").click()
    download.value.save_as(tmp_path / "tree.json")

    other = new_page("/generation")
    button(other, "Settings").click()
    other.locator("input[type=file]").set_input_files(tmp_path / "tree.json")
    button(other, "Show these branches").click()
    expect(other).to_have_url(re.compile("seed=5"))
    other.keyboard.press("Escape")
    assert endings(other) == before


def test_the_page_fits_a_telephone(new_page):
    page = new_page(f"/generation?text={quote(PROMPT)}&steps=_7042&at=0.0", width=390)
    expect(candidates(page).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
