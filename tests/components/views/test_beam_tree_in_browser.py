"""What the tree of a beam search does in a real browser, with the page at the end of this file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from playwright.sync_api import Page, expect

from components.views.beam_tree import BeamNode, beam_tree
from tests.e2e.driving import start_server, stop_server

pytestmark = pytest.mark.e2e

TEXTS = """text => [...new DOMParser().parseFromString(text, "image/svg+xml")
  .querySelectorAll("text")].map((each) => each.textContent)"""
BOXES = """nodes => nodes.map((node) => {
  const { offsetLeft: left, offsetTop: top, offsetWidth: wide, offsetHeight: high } = node;
  return [left, top, left + wide, top + high];
})"""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page at the end of this file."""
    process, address = start_server(tmp_path_factory.mktemp("beam_tree"), entry=__file__)
    try:
        yield address
    finally:
        stop_server(process)


def node(page: Page, index: int):
    return page.locator(f".node[data-index='{index}']")


def crossing(one: list[float], other: list[float]) -> bool:
    """Whether two boxes share more than an edge."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > 0 and down > 0


@pytest.mark.parametrize("section", ["search", "odd", "large", "nothing"])
@pytest.mark.parametrize("shown", ["light", "dark narrow"], indirect=True)
def test_the_tree_stays_within_the_page_in_both_themes(shown, section: str) -> None:
    page = shown.open(section)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("img[src=x]").count() == 0
    for word in page.locator(".word").all()[:40]:
        assert word.evaluate("word => word.scrollWidth <= word.clientWidth + 1")


def test_the_tree_grows_with_the_type_of_the_page(alone) -> None:
    page = alone.open("search")
    before = node(page, 2).bounding_box()
    page.evaluate("document.documentElement.style.fontSize = '22px'")
    after = node(page, 2).bounding_box()
    assert after["width"] == pytest.approx(22 / 16 * before["width"], abs=0.5)
    for shown in page.locator(".node").all():
        assert shown.evaluate("node => node.scrollWidth <= node.clientWidth + 1")


def test_a_node_says_its_sum_its_score_and_why_it_was_dropped(shown) -> None:
    page = shown.open("search")
    node(page, 2).hover()
    assert shown.line() == (
        "step 1 his Σ log p −2.303 score −2.303 dropped: two others scored higher"
    )
    node(page, 5).hover()
    assert shown.line() == "step 3 . Σ log p −2.250 score −0.750 winner"
    node(page, 0).hover()
    assert shown.line().endswith("leads to the winner")
    node(page, 1).hover()
    assert shown.line().endswith("kept at first, given up later")


def test_a_child_stands_right_of_its_parent_and_the_first_in_its_row(shown) -> None:
    page = shown.open("search")
    the, mat, dot, mark = (node(page, index).bounding_box() for index in (0, 3, 5, 6))
    assert the["x"] + the["width"] < mat["x"]
    assert the["y"] == mat["y"] == dot["y"]
    assert mark["y"] > dot["y"]


def test_nodes_never_overlap_and_no_line_goes_through_one(shown) -> None:
    page = shown.open("large")
    nodes = page.locator(".node").evaluate_all(BOXES)
    assert len(nodes) > 60
    lines = page.locator(".line-part").evaluate_all(BOXES)
    for place, one in enumerate(nodes):
        assert not any(crossing(one, other) for other in nodes[place + 1 :])
        assert not any(crossing(one, line) for line in lines)


def test_the_tree_grows_step_by_step_and_the_winner_comes_last(shown) -> None:
    page = shown.open("search")
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    expect(page.locator("[role=treeitem]")).to_have_count(0)
    for count in (3, 5):
        slider.press("ArrowRight")
        expect(page.locator("[role=treeitem]")).to_have_count(count)
        assert page.locator(".winning").count() == 0
    slider.press("ArrowRight")
    expect(page.locator("[role=treeitem]")).to_have_count(7)
    expect(page.locator(".node.winning")).to_have_count(3)
    expect(node(page, 5).locator(".winner-mark")).to_be_visible()
    expect(node(page, 6).locator(".end-mark")).to_be_visible()


def test_clicking_a_node_selects_it_in_the_page(shown) -> None:
    page = shown.open("search")
    node(page, 4).click()
    expect(page.get_by_text("clicked: 4, selected: 4")).to_be_visible()
    expect(node(page, 4)).to_have_class(re.compile("selected"))
    expect(node(page, 4)).to_have_attribute("aria-selected", "true")
    page.mouse.move(2, 2)
    assert shown.line().startswith("step 2 bed")


def test_arrows_go_along_a_continuation_and_over_the_nodes_of_a_step(shown) -> None:
    page = shown.open("search")
    node(page, 0).focus()
    page.keyboard.press("ArrowLeft")
    expect(node(page, 0)).to_be_focused()
    for key, index in (("ArrowRight", 3), ("ArrowRight", 5), ("ArrowDown", 6), ("ArrowLeft", 3)):
        page.keyboard.press(key)
        expect(node(page, index)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("clicked: 4, selected: 4")).to_be_visible()
    expect(node(page, 4)).to_be_focused()
    assert page.locator(".node[tabindex='0']").count() == 1


@pytest.mark.parametrize("shown", ["light narrow"], indirect=True)
def test_a_large_tree_scrolls_in_its_own_frame_to_its_newest_step(shown) -> None:
    page = shown.open("large")
    frame = page.locator(".frame")
    assert frame.evaluate("frame => frame.scrollLeft") > 500
    inside, around = page.locator(".node.winner").bounding_box(), frame.bounding_box()
    assert around["x"] <= inside["x"] <= around["x"] + around["width"] - inside["width"]
    page.locator(".node.winner").tap()
    expect(page.locator(".node.winner")).to_have_class(re.compile("selected"))


def test_a_search_of_64_beams_is_drawn_within_seconds(shown) -> None:
    page = shown.open("most")
    assert page.locator("[role=treeitem]").count() > 3000
    assert (
        float(page.locator(".view").first.get_attribute("data-draw-ms") or "inf") < 5000
    )  # on two busy cores


def test_a_tree_is_saved_whole_wherever_it_was_scrolled(shown) -> None:
    page = shown.open("large")
    page.locator(".save-button").focus()
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="SVG").click()
    texts = page.evaluate(TEXTS, Path(download.value.path()).read_text(encoding="utf-8"))
    scores = [text for text in texts if re.fullmatch(r"−?\d+\.\d\d", text)]
    assert len(scores) == page.locator("[role=treeitem]").count()
    assert {"1", "12", "★", "The cat sat on"} <= set(texts)


# ---- the page

SEARCH = [
    BeamNode(" the", None, 1, -0.511, -0.511, "kept"),
    BeamNode(" a", None, 1, -1.204, -1.204, "kept"),
    BeamNode(" his", None, 1, -2.303, -2.303, "dropped", "two others scored higher"),
    BeamNode(" mat", 0, 2, -1.5, -0.75, "kept"),
    BeamNode(" bed", 1, 2, -3.0, -1.5, "dropped", "two others scored higher"),
    BeamNode(".", 3, 3, -2.25, -0.75, "winner"),
    BeamNode("!", 3, 3, -3.0, -1.0, "finished"),
]
WORDS = (" mat", " floor", "\n", " شكرا", " 東京", " characteristically", "<img src=x onerror=a()>")


def large_search(beams: int, steps: int) -> list[BeamNode]:
    """A search as large as one of so many beams: the best go on, as many others are dropped."""
    rng = np.random.default_rng(0)
    made: list[BeamNode] = []
    held: list[int | None] = [None]
    for step in range(1, steps + 1):
        found = []
        for parent in held:
            before = 0.0 if parent is None else made[parent].log_probability
            losses = rng.gamma(1.0, 1.0, 2 * beams if parent is None else 2)
            found.extend((before - float(loss), parent) for loss in losses)
        found.sort(key=lambda each: -each[0])
        held = []
        for place, (total, parent) in enumerate(found):
            word = WORDS[int(rng.integers(len(WORDS)))]
            state = "kept" if place < beams else "dropped"
            if step == steps:
                state = "winner" if not place else "finished" if place < beams else "dropped"
            if place < beams:
                held.append(len(made))
            made.append(BeamNode(word, parent, step, total, total / step, state, ""))
    return made


def show_page() -> None:
    """A small search under a slider, large ones, one with odd texts, and one not yet begun."""
    section = st.query_params.get("show", "search")
    nodes = {
        "search": SEARCH,
        "odd": [replace(each, text=WORDS[-i], reason=WORDS[-1]) for i, each in enumerate(SEARCH)],
        "large": large_search(4, 12),
        "most": large_search(64, 30),
        "nothing": [],
    }[section]
    last = max((each.step for each in nodes), default=0)
    step = st.slider("step", 0, 3, 3, key="step") if section == "search" else last
    selected = st.session_state.get("node")
    clicked = beam_tree(
        nodes,
        key="tree",
        label="Beam search",
        step=step,
        selected=selected,
        on_select=lambda index: st.session_state.update(node=index),
        start="The cat sat on",
        source="SmolLM2-135M · 3f1c9e2a · float32 · CPU",
    )
    st.write(f"clicked: {clicked}, selected: {selected}")


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    show_page()
