"""The tabs of the Attention page, used as a reader would use them."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

TABS = {
    "en": {"matter": "Does it matter?", "qk": "Query · key", "compare": "Compare"},
    "zh": {"matter": "它重要吗？", "qk": "查询 · 键", "compare": "比较"},
}
SENTENCE = "The animal didn't cross the street because it was too tired."
HOSTILE = "</script><img src=x onerror=alert(1)> \u202e **bold**"


def tab(page, name, lang="en"):
    page.get_by_role("radio", name=TABS[lang].get(name, name), exact=True).click()


def head_picture(page):
    return page.locator(".frame:has(.marks)")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_two_heads_look_alike_and_only_one_matters(new_page, lang):
    query = f"model=minilm-l6&text={quote(SENTENCE)}&view=all&lang={lang}"
    page = new_page(f"/attention?{query}&layer=3&head=1", lang=lang)
    expect(head_picture(page)).to_have_attribute("aria-label", re.compile("it → animal 0.677"))
    tab(page, "matter", lang)
    page.locator(".chip", has_text=re.compile("^it$")).click()
    main = page.get_by_test_id("stMainBlockContainer")
    expect(main.locator("strong", has_text=re.compile(r"^0\.007$"))).to_be_visible()
    row = page.get_by_role("row", name=re.compile("^3 · 1 "))
    expect(row).to_contain_text("it → animal 0.677")
    row = page.get_by_role("row", name=re.compile("^5 · 11"))
    expect(row).to_contain_text("it → animal 0.673")
    expect(row).to_contain_text("0.106")
    expect(page.get_by_role("row", name=re.compile("^3 · (?!1 )"))).to_be_visible()  # the control
    wall = page.get_by_role("application").last
    wall.focus()
    for key in ["ArrowDown"] * 2 + ["ArrowRight"] * 10 + ["Enter"]:
        page.keyboard.press(key)
    expect(main.locator("strong", has_text=re.compile(r"^0\.106$"))).to_be_visible()
    expect(page).to_have_url(re.compile("tab=matter.*layer=5&head=11&token=10"))


def test_the_selection_goes_from_tab_to_tab_and_into_the_link(new_page, server):
    page = new_page("/attention?layer=3&head=1&token=10&tab=qk")
    expect(page.get_by_role("application", name=re.compile("from “it”"))).to_be_visible()
    expect(page.get_by_text("Layer 3 · head 1").first).to_be_visible()
    tab(page, "compare")
    expect(page.get_by_text("Second minus first")).to_be_visible()
    expect(page).to_have_url(re.compile("tab=compare"))
    again = new_page(page.url.removeprefix(server))
    expect(again.get_by_text("Second minus first")).to_be_visible()
    expect(again.get_by_text("Layer 3 · head 1").first).to_be_visible()


def test_page_down_in_the_one_head_view_goes_on_to_the_next_head(new_page):
    page = new_page("/attention?layer=3&head=1")
    head_picture(page).focus()
    page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile("layer=3&head=2"))
    page.keyboard.press("Shift+PageDown")
    expect(page).to_have_url(re.compile("layer=4&head=2"))


def test_a_part_of_a_pair_without_special_tokens_says_what_is_out_of_sight(new_page):
    query = f"text={quote('The cat sat.')}&pair={quote('It slept.')}&layer=0&head=0"
    page = new_page(f"/attention?{query}&part=ab&special=0")
    expect(page.get_by_text("of the attention of these rows is out of sight")).to_be_visible()
    expect(page.locator(".view:has(.marks) .picture")).to_be_visible()


def test_what_a_model_writes_shows_what_each_token_looked_back_at(new_page):
    page = new_page(
        "/attention?model=smollm2-135m-instruct&text=The+capital+of+France+is&tab=generated&count=10"
    )
    expect(page.get_by_test_id("stMainBlockContainer").get_by_text("Paris").first).to_be_visible()
    expect(head_picture(page)).to_be_visible()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


def test_an_encoder_says_that_it_writes_no_text(new_page):
    page = new_page("/attention?tab=generated")
    expect(page.get_by_test_id("stAlertContentInfo")).to_contain_text("writes none")


@pytest.mark.parametrize("kind", ["head", "model", "neuron"])
def test_bertviz_draws_inside_the_app_and_takes_hostile_text_as_text(new_page, kind):
    page = new_page(f"/attention?tab=bertviz&bertviz={kind}&text={quote(HOSTILE)}&layer=1")
    frame = page.frame_locator("iframe")
    expect(frame.locator("svg").first).to_be_visible()
    assert frame.locator("img").count() == 0


def test_bertviz_says_what_is_too_large_and_offers_our_view(new_page):
    text = "word " * 480
    page = new_page(f"/attention?tab=bertviz&bertviz=model&text={quote(text)}&layers=0,1,2,3,4,5")
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("Too large for bertviz")


def test_a_pair_is_patched_with_the_second_text_beside_both(new_page):
    query = f"text={quote(SENTENCE)}&pair={quote('It slept.')}&layer=3&head=1"
    page = new_page(f"/attention?{query}&tab=matter&effect=patching")
    expect(page.get_by_role("row", name=re.compile("^3 · 1 "))).to_be_visible()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


def test_the_script_gives_what_is_shown_many_heads_as_one_and_a_written_target(new_page):
    page = new_page("/attention?layer=3&head=1&heads=all_mean")
    page.get_by_role("button", name="Take away").click()
    expect(page.get_by_test_id("stCode")).to_contain_text("combined_heads(")
    page = new_page("/attention?model=numbers-to-words&text=en:%20305&stack=cross")
    page.get_by_role("button", name="Take away").click()
    expect(page.get_by_test_id("stCode")).to_contain_text("generate_and_capture(")


def test_csv_npz_html_and_script_can_be_taken_away(new_page, tmp_path):
    page = new_page("/attention?layer=3&head=1")
    page.get_by_role("button", name="Take away").click()
    for label, ending in (("CSV", ".csv"), ("NPZ", ".npz"), ("HTML", ".html")):
        with page.expect_download() as caught:
            page.get_by_role("button", name=re.compile(label)).click()
        assert caught.value.suggested_filename.endswith(f"layer3-head1{ending}")
        file = tmp_path / f"taken{ending}"
        caught.value.save_as(file)
        assert file.stat().st_size > 1000
    assert "minilm" in (tmp_path / "taken.html").read_text("utf-8").split("</title>")[0].lower()
    assert "0.67684" in (tmp_path / "taken.csv").read_text("utf-8-sig")
    expect(page.get_by_test_id("stCode")).to_contain_text("capture_attention(model")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("layer=99&head=3", "has no layer 99"),
        ("tab=nonsense", "tab=nonsense cannot be used"),
        ("beside=x", "beside=x cannot be used"),
        ("token=9999", None),
        ("model=gone", "is not on this server"),
        ("text=a", None),
        (f"text={quote('Same words.')}&pair={quote('Same words.')}&part=ba", None),
        ("stack=cross", None),
        ("tab=compare&other_model=gone", "is not on this server"),
        ("tab=matter&token=500", None),
    ],
)
def test_a_link_edited_by_hand_gives_one_sentence_and_a_sensible_default(new_page, query, said):
    page = new_page(f"/attention?{query}")
    if said is not None:
        expect(page.get_by_test_id("stAlert").first).to_contain_text(said)
    if said != "is not on this server":
        expect(page.locator("canvas").first).to_be_visible()
        expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    assert page.get_by_test_id("stAlert").count() == (said is not None)
