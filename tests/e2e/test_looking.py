"""Looking at attention in a browser: pointing, choosing, links and the way back."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

INJECTION = "<img src=x onerror=alert(1)> **bold** $x$ :red[x]"


def heads(page):
    """The picture of all heads; it takes the keyboard."""
    return page.get_by_role("application", name="Attention heads of")


def one_head(page):
    """The picture of one head."""
    return page.locator(".frame:has(.marks)")


def shown(page, layer, head):
    """What stands on the page when this head is the chosen one."""
    expect(page.get_by_text(f"Layer {layer} · head {head}").first).to_be_visible()
    expect(page).to_have_url(re.compile(rf"layer={layer}&head={head}(&|$)"))


def test_home_says_the_measured_weight_from_it_to_animal_on_hover_and_by_keyboard(new_page):
    page = new_page("/")
    page.locator(".chip", has_text="animal").hover()
    line = page.locator(".view:has(.strip) .line")
    expect(line).to_contain_text("0.677")
    one_head(page).first.focus()
    for key in ["ArrowDown"] * 11 + ["ArrowRight"] * 2:  # the first one enters the picture
        page.keyboard.press(key)
    line = page.locator(".view:has(.marks) .line").first
    expect(line).to_have_text(re.compile("it → animal 0.677"))


def test_a_chosen_head_stands_in_the_link_and_back_returns_to_the_one_before(new_page):
    page = new_page("/attention?view=all&layer=3&head=1")
    shown(page, 3, 1)
    heads(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    shown(page, 4, 2)
    expect(heads(page)).to_be_focused()  # the rerun does not take the keyboard away
    page.locator(".rings").click(position={"x": 20, "y": 60})
    shown(page, 0, 0)
    page.go_back()
    shown(page, 4, 2)
    page.go_back()
    shown(page, 3, 1)
    page.go_forward()
    shown(page, 4, 2)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_a_chosen_head_is_drawn_from_its_thumbnail_until_its_exact_weights_arrive(new_page, server):
    page = new_page("about:blank", address="")
    held, holding = [], False

    def through(socket):
        upstream = socket.connect_to_server()

        def back(message):
            if holding:
                held.append(lambda: socket.send(message))
            else:
                socket.send(message)

        upstream.on_message(back)

    page.route_web_socket("**/_stcore/stream", through)
    page.goto(f"{server}/attention?view=all&layer=3&head=1")
    shown(page, 3, 1)
    expect(one_head(page)).to_have_attribute("aria-busy", "false")
    exact = page.locator(".view:has(.marks) .picture").evaluate("canvas => canvas.toDataURL()")
    holding = True
    heads(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(one_head(page)).to_have_attribute("aria-label", re.compile("layer 4 · head 1", re.I))
    expect(one_head(page)).to_have_attribute("aria-busy", "true")
    one_head(page).focus()
    page.keyboard.press("ArrowDown")
    line = page.locator(".view:has(.marks) .line")
    expect(line).not_to_have_text(re.compile(r"0\.\d"))  # a thumbnail has no numbers to read
    heads(page).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")  # back to the head whose exact weights are there already
    expect(one_head(page)).to_have_attribute("aria-label", re.compile("layer 3 · head 1", re.I))
    expect(one_head(page)).to_have_attribute("aria-busy", "false")
    picture = page.locator(".view:has(.marks) .picture")
    assert picture.evaluate("canvas => canvas.toDataURL()") == exact
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(one_head(page)).to_have_attribute("aria-busy", "true")
    holding = False
    for send in held:
        send()
    shown(page, 4, 1)
    expect(one_head(page)).to_have_attribute("aria-busy", "false")


def test_a_tap_chooses_a_head_and_says_a_weight(new_page):
    page = new_page("/attention?view=all", width=390, height=800, touch=True)
    page.locator(".rings").tap(position={"x": 190, "y": 60})  # in its middle: it may be scrolled
    shown(page, 0, 5)
    page.locator(".marks").tap(position={"x": 180, "y": 180})
    expect(page.locator(".view:has(.marks) .line .value")).to_have_text(re.compile(r"^0\.\d{3}$"))


def test_a_link_reopens_the_same_in_another_browser(new_page, server):
    query = f"text={quote('It was late.')}&pair={quote('So we left.')}&view=all&layer=2&head=7"
    first = new_page(f"/attention?{query}")
    shown(first, 2, 7)
    second = new_page(first.url.removeprefix(server), lang="zh")
    shown_texts = [("Text", "It was late."), ("Second text (a pair)", "So we left.")]
    for label, text in shown_texts:
        expect(second.get_by_role("textbox", name=label, exact=True)).to_have_value(text)
    shown(second, 2, 7)
    expect(second.get_by_role("radio", name="All 72 heads")).to_be_checked()


def test_a_causal_model_refuses_a_pair_with_a_sentence_and_keeps_both_texts(new_page):
    page = new_page("/attention?model=smollm2-135m-instruct&text=One.&pair=Two.")
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("one text, not a pair")
    for label, text in [("Text", "One."), ("Second text (a pair)", "Two.")]:
        expect(page.get_by_role("textbox", name=label, exact=True)).to_have_value(text)


def test_what_looks_like_code_is_shown_as_it_is(new_page, server):
    page = new_page(f"/tokens?text={quote(INJECTION)}")
    page.get_by_text("Ids and bytes").first.click()
    table = page.get_by_test_id("stExpanderDetails").first.locator("table")
    expect(table.get_by_role("cell", name="bold", exact=True).first).to_be_visible()
    expect(table.get_by_role("cell", name="$", exact=True).first).to_be_visible()
    expect(table.locator("strong, img, .katex, td span[style]")).to_have_count(0)
    for chip in page.locator(".strip").first.locator(".chip").all()[:8]:
        chip.hover()
    expect(page.locator(".view:has(.strip) .line .value").first).to_be_visible()
    page.goto(f"{server}/attention?text={quote(INJECTION)}")
    one_head(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".view:has(.marks) .line")).to_contain_text("<")
    assert page.locator("img[src='x']").count() == 0


@pytest.mark.parametrize("path", ["/", "/tokens", "/attention", "/models"])
def test_no_page_fetches_a_library_for_charts_or_tables(new_page, server, path):
    page = new_page("about:blank", address="")
    scripts = []
    page.on("response", lambda response: scripts.append(response.url.rsplit("/", 1)[-1]))
    page.goto(f"{server}{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("canvas, .chip, button").last).to_be_visible()
    page.wait_for_load_state("networkidle")
    heavy = re.compile("plotly|vega|DataFrame|arrowFormat|deckgl", re.IGNORECASE)
    assert [name for name in scripts if heavy.search(name)] == []
