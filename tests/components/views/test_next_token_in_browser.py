"""What the bars of the next token do in a real browser, with the page at the end of this file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from playwright.sync_api import Page, expect

from components.views.next_token import NextToken, next_token
from tests.e2e.driving import start_server, stop_server

pytestmark = pytest.mark.e2e

TEXTS = """text => [...new DOMParser().parseFromString(text, "image/svg+xml")
  .querySelectorAll("text")].map((each) => each.textContent)"""
ORDER = "list => [...list.children].map((each) => each.querySelector('bdi,.cut-text').textContent)"
WORDS = (" mat", " floor", " bed", "\n", " شكرا", " 東京", " characteristically", "<b>", " x", " y")
LOGITS = (2.0, 1.6, 1.1, 0.7, 0.2, 0.0, -0.4, -0.9, -1.2, -1.6)
REST = 1.5  # the mass of the other tokens, against exp of these logits
VOCAB = 49_152


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page at the end of this file."""
    process, address = start_server(tmp_path_factory.mktemp("next_token"), entry=__file__)
    try:
        yield address
    finally:
        stop_server(process)


def row(page: Page, index: int):
    return page.locator(f".row[data-index='{index}']")


def widths(page: Page, index: int) -> list[str]:
    return [
        row(page, index).locator(bar).evaluate("bar => bar.style.width")
        for bar in (".outline", ".fill")
    ]


@pytest.mark.parametrize("section", ["cut", "odd", "all"])
@pytest.mark.parametrize("shown", ["light", "dark narrow"], indirect=True)
def test_the_bars_stay_within_the_page_in_both_themes(shown, section: str) -> None:
    page = shown.open(section)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("img[src=x]").count() == 0
    for cell in page.locator(".word-cell").all():
        assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")


def test_a_row_says_what_the_token_had_before_and_what_cut_it_off(shown) -> None:
    page = shown.open("cut")
    assert shown.line() == "Click a token to go on with it"
    row(page, 1).hover()
    assert re.fullmatch(
        r"floor after 0\.\d{3} before 0\.\d{3} change \+0\.\d{3} id 101 drawn", shown.line()
    )
    row(page, 4).hover()
    assert re.search(r"id 104 cut by top-k$", shown.line())
    row(page, 10).hover()
    assert shown.line().startswith("… 49,142 others after 0.000 before")


def test_a_line_divides_the_kept_from_the_cut(shown) -> None:
    page = shown.open("cut")
    order = page.locator(".list").evaluate(ORDER)
    assert order[4].startswith("cut here: ")
    assert order[3] == "↵"
    assert len(order) == 12
    expect(row(page, 3)).not_to_have_class(re.compile("cut"))
    expect(row(page, 4)).to_have_class(re.compile("cut"))
    assert row(page, 4).locator(".reason").inner_text() == "top-k"
    assert widths(page, 4)[1] == "0%"


def test_moving_a_setting_moves_the_bars_and_the_line_not_the_rows(shown) -> None:
    page = shown.open("cut")
    page.locator(".row").evaluate_all("rows => rows.forEach((row) => { row.known = true; })")
    before = widths(page, 0)
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("ArrowLeft")
    expect(page.locator(".list > :nth-child(4) .cut-text")).to_be_visible()
    assert page.locator(".row").evaluate_all("rows => rows.every((row) => row.known)")
    after = widths(page, 0)
    assert after[0] == before[0]
    assert float(after[1][:-1]) > float(before[1][:-1])
    slider.press("End")
    expect(page.locator(".list > :nth-child(11) .cut-text")).to_be_visible()


def test_clicking_a_token_takes_it_and_rings_it(shown) -> None:
    page = shown.open("cut")
    row(page, 5).click()
    expect(page.get_by_text("clicked: 5, taken: 5")).to_be_visible()
    expect(row(page, 5)).to_have_attribute("aria-selected", "true")
    assert shown.line().endswith("cut by top-k taken")
    row(page, 10).click(force=True)  # it says that it is disabled
    page.wait_for_timeout(400)
    expect(page.get_by_text("taken: 5")).to_be_visible()


def test_arrows_move_over_the_tokens_and_enter_takes_one(shown) -> None:
    page = shown.open("cut")
    row(page, 0).focus()
    for key in ("ArrowUp", "ArrowDown", "ArrowDown", "End", "ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("clicked: 8, taken: 8")).to_be_visible()
    expect(row(page, 8)).to_be_focused()
    assert page.locator(".row[tabindex='0']").count() == 1


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_a_tap_takes_a_token(shown) -> None:
    page = shown.open("cut")
    row(page, 2).tap()
    expect(page.get_by_text("clicked: 2, taken: 2")).to_be_visible()


def test_tokens_that_are_only_shown_cannot_be_taken(shown) -> None:
    page = shown.open("all")
    assert page.locator(".cut-line").count() == 0
    row(page, 1).click(force=True)
    assert page.locator(".row.chosen").count() == 0
    page.wait_for_timeout(400)
    expect(page.get_by_text("clicked: None")).to_be_visible()


def test_bars_do_not_move_where_less_motion_is_wanted(shown) -> None:
    page = shown.page
    page.emulate_media(reduced_motion="reduce")
    shown.open("cut")
    expect(row(page, 0).locator(".fill")).to_have_css("transition-duration", "0s")


def test_the_picture_is_saved_with_its_tokens_and_the_line(shown) -> None:
    page = shown.open("cut")
    page.locator(".save-button").focus()
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="SVG").click()
    texts = page.evaluate(TEXTS, Path(download.value.path()).read_text(encoding="utf-8"))
    for expected in ("mat", "東京", "شكرا", "↵", "top-k", "after", "before", "… 49,142 others"):
        assert expected in texts
    assert any(text.startswith("cut here: ") for text in texts)


# ---- the page


def candidates(top_k: int, *, odd: bool = False) -> list[NextToken]:
    """The tokens after a top-k of so many, with what is left of the probability."""
    masses = [math.exp(logit) for logit in LOGITS]
    total, kept = sum(masses) + REST, sum(masses[:top_k])
    whole = kept if top_k <= len(masses) else total
    return [
        NextToken(
            "<img src=x onerror=alert(1)>" * 3 if odd and not i else WORDS[i],
            100 + i,
            mass / total,
            mass / whole if i < top_k else 0.0,
            "" if i < top_k else "repetition penalty and top-k" if odd else "top-k",
            "said before" if odd and i % 2 else "",
        )
        for i, mass in enumerate(masses)
    ]


def show_page() -> None:
    """The bars under a slider, or whole, or with texts that are hard to show."""
    section = st.query_params.get("show", "cut")
    top_k = VOCAB if section == "all" else st.slider("top-k", 1, 10, 4, key="top_k")
    taken = st.session_state.get("taken")
    clicked = next_token(
        candidates(top_k, odd=section == "odd"),
        key="next",
        label="What SmolLM2 expects after The cat sat on the",
        kept_count=top_k,
        vocab=VOCAB,
        entropy_before=2.31,
        entropy_after=1.08,
        drawn=1,
        mass_cut=0.0 if section == "all" else 0.123,
        selected=taken,
        selectable=section != "all",
        on_select=lambda index: st.session_state.update(taken=index),
        source="SmolLM2-135M · 3f1c9e2a · float32 · CPU",
    )
    st.write(f"clicked: {clicked}, taken: {taken}")


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    show_page()
