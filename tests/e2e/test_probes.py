"""The probes of a run in a browser: a slider moves them all, by hand, by key and playing."""

from __future__ import annotations

import itertools
import json
import re

import pytest
from playwright.sync_api import expect

from core.tuning.runs import RunStore
from tests.e2e.driving import home_with_models, start_server, stop_server
from tests.e2e.test_train import button

PANELS = ("probes", "results")
ROWS = [
    f"{text} number {number},{label}"
    for number in range(12)
    for text, label in (
        ("a fine film with a warm and clever story", "good"),
        ("a dull film with a cold and stupid story", "bad"),
    )
]


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """The address of a server on which a run has ended, and the run's id."""
    home = home_with_models(tmp_path_factory.mktemp("probes") / "home")
    path = tmp_path_factory.mktemp("file") / "films.csv"
    path.write_text("\n".join(["text,label", *ROWS]) + "\n", "utf-8")
    process, address = start_server(home)
    yield address, home, path
    stop_server(process)


def test_a_run_is_looked_into_while_it_goes_on_and_after(new_page, ended):
    address, home, path = ended
    page = new_page("/train?dataset=&method=full", address=address)
    chosen = page.locator("input[type=file]")
    expect(chosen).to_be_attached(timeout=90_000)  # a new server imports its libraries first
    chosen.set_input_files(path)
    expect(button(page, "Start")).to_be_enabled(timeout=90_000)
    button(page, "Settings").click()
    page.get_by_role("textbox", name="Heads, as layer.head").fill("0.2, 5.10")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(button(page, "Start")).to_be_enabled(timeout=90_000)
    button(page, "Start").click()
    slider = page.get_by_role("slider", name="Step of the probes")
    expect(slider).to_be_visible(timeout=180_000)  # before the run has ended
    expect(page.get_by_text(re.compile("Done:"))).to_be_visible(timeout=180_000)

    newest = re.search(r"/ (\d+)", page.get_by_text(re.compile(r"^step \d+ / ")).inner_text())[1]
    expect(slider).to_have_attribute("aria-valuetext", newest)
    expect(page.get_by_text(f"step {newest} · validation loss")).to_be_visible()
    expect(page.get_by_text("head 5.10")).to_be_visible()
    slider.focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("before the first step · validation loss")).to_be_visible()
    expect(page).to_have_url(re.compile(r"probe=0\b"))
    expect(page.get_by_text("of the rows held out, before the first step")).to_be_visible()
    alone = page.locator(".view").count()

    button(page, "Play").click()
    expect(page.get_by_text(f"step {newest} · validation loss")).to_be_visible()
    expect(page.locator(".view")).to_have_count(alone + 1)  # the head before and now
    expect(button(page, "Play")).to_be_visible()

    page.get_by_role("radio", name="Results", exact=True).click()
    expect(page.get_by_role("columnheader", name="95 % interval")).to_be_visible()
    expect(page.get_by_text("Rows with the highest loss")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("as CSV")).click()
    assert "mistakes" in download.value.suggested_filename

    with RunStore(home) as store:
        spec = json.loads(store.list()[0].spec)
    assert spec["probes"]["heads"] == [[0, 2], [5, 10]]

    for lang, theme, panel in itertools.product(("zh", "en"), ("dark", "light"), PANELS):
        narrow = re.sub(r"(panel|lang|probe)=[^&]*&?", "", page.url.removeprefix(address))
        link = f"{narrow}&panel={panel}&probe=0&lang={lang}"
        small = new_page(link, address=address, lang=lang, theme=theme, width=420)
        expect(small.locator(".view canvas").last).to_be_visible()
        assert small.evaluate("document.documentElement.scrollWidth") <= 420
        small.close()
