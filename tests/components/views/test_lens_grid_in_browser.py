"""Lens grids in a real browser. This file is also the page that it drives:

python -m streamlit run tests/components/views/test_lens_grid_in_browser.py    and open /?show=masks
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from playwright.sync_api import Page, expect

from components.views.lens_grid import lens_grid
from tests.e2e.driving import start_server, stop_server

pytestmark = pytest.mark.e2e

ATTACK = "</script><img src=x onerror=alert(1)>"
ODD = (ATTACK, "شكرا", "👩‍🚀", "Donaudampfschifffahrtsgesellschaft", "東京", "\n", " ", "")
WORDS = (" time", " end", " house", " beginning", " king", " answer", " way", " world", " day")
TEXTS = """text => [...new DOMParser().parseFromString(text, "image/svg+xml")
  .querySelectorAll("text")].map((each) => each.textContent)"""
INKED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""


def reading(layers: int, places: int, words: tuple[str, ...], *, top: int = 5) -> tuple:
    """Words and probabilities that grow surer with the layers, and the same for the answers."""
    rng = np.random.default_rng(layers * places)
    logits = rng.normal(size=(layers, places, len(words)))
    logits[..., 1] += np.linspace(-3, 4, layers)[:, None]
    shares = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    order = np.argsort(-shares, axis=-1)
    texts = [[[words[i] for i in cell[:top]] for cell in layer] for layer in order.tolist()]
    shown = np.take_along_axis(shares, order, -1)[..., :top].astype(np.float32)
    ranks = (order == 1).argmax(axis=-1) + 1
    return texts, shown, shares[..., 1].astype(np.float32), np.where(ranks > 1, ranks**5, 1)


def names_of(layers: int) -> list[str]:
    return ["embedding", *(f"layer {i}" for i in range(layers - 1))]


def show_masks() -> None:
    """Three masks through a small encoder, with the answers."""
    texts, shares, answer_shares, ranks = reading(7, 3, WORDS)
    lens_grid(
        names_of(7),
        ["mask 1", "mask 2", "mask 3"],
        texts,
        shares,
        key="masks",
        label="What each layer would predict",
        answers=[WORDS[1]] * 3,
        answer_probabilities=answer_shares,
        answer_ranks=ranks,
        source="MiniLM-L6 masked · Headlight 0.1.0",
    )


def show_tokens(places: int = 30) -> None:
    """All tokens of a text through 30 layers; a cell can be chosen."""
    texts, shares, *_ = reading(31, places, WORDS)
    chosen = st.session_state.get("cell", (30, 0))
    picked = lens_grid(
        names_of(31),
        [f"token{i}" for i in range(places)],
        texts,
        shares,
        key="tokens",
        label="The next token through the layers",
        selected=chosen,
        on_select=lambda place: st.session_state.update(cell=place),
    )
    st.write(f"clicked: {picked}, selected: {chosen}")


def show_odd() -> None:
    """Words that are hard to show, and a grid of one cell."""
    texts, shares, answer_shares, ranks = reading(5, 8, ODD, top=8)
    lens_grid(
        [ATTACK, *names_of(4)],
        ODD,
        texts,
        shares,
        key="odd",
        label=ATTACK,
        answers=ODD,
        answer_probabilities=answer_shares,
        answer_ranks=ranks,
    )
    lens_grid(["layer 0"], ["one"], [[["a"]]], np.ones((1, 1, 1)), key="one", label="one")


SECTIONS = {
    "masks": show_masks,
    "tokens": show_tokens,
    "long": lambda: show_tokens(512),
    "odd": show_odd,
}
if __name__ == "__main__":
    st.set_page_config(layout="wide")
    SECTIONS[st.query_params.get("show", "masks")]()


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of this file as a page."""
    process, address = start_server(tmp_path_factory.mktemp("page"), entry=str(Path(__file__)))
    try:
        yield address
    finally:
        stop_server(process)


def press(page: Page, *keys: str) -> None:
    page.locator(".frame").first.focus()
    for key in keys:
        page.keyboard.press(key)


def save(page: Page) -> list[str]:
    """The texts of the view, saved as an SVG."""
    page.locator(".save-button").first.focus()
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="SVG").click()
    return page.evaluate(TEXTS, Path(download.value.path()).read_text(encoding="utf-8"))


@pytest.mark.parametrize("section", list(SECTIONS))
@pytest.mark.parametrize("shown", ["light", "dark narrow"], indirect=True)
def test_every_grid_stays_within_the_page_in_both_themes(shown, section: str) -> None:
    page = shown.open(section)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("img[src=x]").count() == 0
    assert page.locator("canvas.picture").first.evaluate(INKED) > 10


def test_a_cell_says_its_words_and_what_became_of_the_answer(shown) -> None:
    page = shown.open("masks")
    texts, shares, answer_shares, ranks = reading(7, 3, WORDS)
    press(page, "ArrowDown", "ArrowRight")  # from the last layer at the first mask
    assert shown.line() == (
        f"layer 4 mask 2 {texts[5][1][0].strip()} {shares[5, 1, 0]:.3f} "
        f"answer end {answer_shares[5, 1]:.3f} rank {ranks[5, 1]}"
    )
    words = page.locator(".words .word").all_inner_texts()
    assert words == [text.strip() for text in texts[5][1]]
    assert page.locator(".share").all_inner_texts() == [f"{each:.3f}" for each in shares[5, 1]]


def test_the_first_layer_lies_at_the_bottom(shown) -> None:
    page = shown.open("masks")
    assert page.locator(".rows").inner_text().split() == [
        *("answer", "layer", "5", "layer", "4", "layer", "3", "layer", "2", "layer", "1"),
        *("layer", "0", "embedding"),
    ]
    press(page, *["ArrowDown"] * 9)
    assert shown.line().startswith("embedding mask 1")


def test_pointing_says_what_the_keyboard_says_and_leaves_the_hint(shown) -> None:
    page = shown.open("masks")
    box = page.locator("canvas.rings").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    assert shown.line().startswith("layer 5 mask 1 end")
    page.mouse.move(2, 2)
    expect(page.locator(".line")).to_have_class(re.compile("hint"))
    assert page.locator(".tops-title").inner_text() == "layer 5 · mask 1"


def test_the_colours_can_be_those_of_the_answer(shown) -> None:
    page = shown.open("masks")
    picture = "canvas => canvas.toDataURL()"
    pictures = [page.locator("canvas.picture").evaluate(picture)]
    for name, ends in (("probability of the answer", ["0", "0.5", "1"]), ("rank", ["1", "10k"])):
        page.get_by_role("button", name=name).last.click()
        expect(page.get_by_role("button", name=name).last).to_have_attribute("aria-pressed", "true")
        assert set(ends) <= set(page.locator(".tick").all_inner_texts())
        pictures.append(page.locator("canvas.picture").evaluate(picture))
    assert len(set(pictures)) == 3


def test_without_answers_there_is_nothing_to_choose_between(shown) -> None:
    page = shown.open("tokens")
    expect(page.locator(".colours")).to_be_hidden()


def test_enter_and_click_choose_a_cell(shown) -> None:
    page = shown.open("tokens")
    press(page, "ArrowDown", "ArrowRight", "Enter")
    expect(page.get_by_text("clicked: (29, 1), selected: (29, 1)")).to_be_visible()
    page.locator("canvas.rings").click(position={"x": 3 + 69 * 4 + 20, "y": 26 + 20 * 2 + 8})
    expect(page.get_by_text("clicked: (28, 4), selected: (28, 4)")).to_be_visible()


@pytest.mark.parametrize("section", ["tokens", "long"])
def test_the_grid_scrolls_and_the_names_of_its_layers_stay(shown, section: str) -> None:
    page = shown.open(section)
    names = page.locator(".rows").bounding_box()["x"]
    press(page, "End")
    last = 29 if section == "tokens" else 511
    assert shown.line().startswith(f"layer 29 token{last} ")
    assert page.locator(".frame").evaluate("frame => frame.scrollLeft") > 500
    assert page.locator(".rows").bounding_box()["x"] == names
    frame = page.locator(".frame").bounding_box()
    page.mouse.move(frame["x"] + frame["width"] - 10, frame["y"] + 40)
    assert shown.line().startswith(f"layer 29 token{last} ")
    assert page.locator("canvas.picture").evaluate("canvas => canvas.offsetWidth") <= 3000


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_a_tap_lists_the_words_and_they_stay(shown) -> None:
    page = shown.open("masks")
    page.locator("canvas.rings").tap(position={"x": 70, "y": 100})
    assert re.match(r"layer \d mask 1 ", shown.line())
    assert page.locator(".tops-title").inner_text() == shown.line()[:7] + " · mask 1"


def test_what_is_pointed_at_is_said_within_the_page_even_beside_a_tall_grid(shown) -> None:
    page = shown.open("tokens")
    page.set_viewport_size({"width": 1280, "height": 400})
    page.locator("canvas.rings").hover(position={"x": 30, "y": 80})
    assert shown.line().startswith("layer 27 token0")
    expect(page.locator(".line")).to_be_in_viewport(ratio=1)


def test_a_grid_is_saved_whole_with_its_words_as_text(shown) -> None:
    page = shown.open("tokens")
    page.locator(".frame").evaluate("frame => { frame.scrollLeft = 400; }")
    texts = save(page)
    assert {"token0", "token29", "layer 0", "embedding"} <= set(texts)
    assert sum(text in {word.strip() for word in WORDS} for text in texts) >= 31 * 30
    texts = save(shown.open("masks"))
    assert texts[-1] == "MiniLM-L6 masked · Headlight 0.1.0"
    assert "the answer stands first" in texts
