"""The app in Chromium: bytes and seconds to the first picture, a click, a page switch, a start."""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page

from benchmarks.report import Table, seconds, size
from benchmarks.texts import text_of
from core.models import load_tokenizer
from tests.e2e.driving import home_with_models, open_browser, start_server, stop_server

PICTURES = {
    "Home": ("/", "canvas"),
    "Tokens": ("/tokens", "[role=listitem]"),
    "Attention": ("/attention", "canvas"),
    "Models": ("/models", "[data-testid=stHeading]"),
}
CLICKS = 11  # the heads of a layer, but the first
LONG = 512
WATCH = """head => {
    addEventListener("keydown", event => {
        if (event.key === "Enter") { window.begin = performance.now(); window.drawn = []; }
    }, true);
    new MutationObserver(() => window.drawn.push(performance.now() - window.begin))
        .observe(head, { attributes: true, attributeFilter: ["aria-label"] });
}"""
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


@dataclass
class Traffic:
    """Bytes a page received, by what carried them, as Chromium counted them on the wire."""

    http: int = 0
    socket: int = 0
    kinds: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return self.http + self.socket

    def watch(self, page: Page) -> None:
        """Count from now on."""
        client = page.context.new_cdp_session(page)
        client.send("Network.enable")
        client.on("Network.loadingFinished", self._finished)
        client.on("Network.webSocketFrameReceived", self._frame)

    def _finished(self, event: dict) -> None:
        self.http += int(event["encodedDataLength"])

    def _frame(self, event: dict) -> None:
        data = event["response"]["payloadData"]
        self.socket += len(data) * 3 // 4 if event["response"]["opcode"] == 2 else len(data)


def measure() -> list[Table]:
    """One server, one browser, every page."""
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        home = home_with_models(Path(folder) / "home")
        cold = _cold_start(home, browser)
        process, address = start_server(home)
        try:
            first = _first_pictures(browser, address)
            plain = _scripts_uncompressed(home, browser)
            switch = _page_switches(browser, address)
            click, exact, payload = _head_clicks(browser, address)
        finally:
            stop_server(process)
    return [
        Table(
            title="First picture of each page",
            about=(
                "A browser that was never here before: bytes over the wire (scripts compressed, "
                "fonts and web socket included) and seconds from opening the address. Models are "
                f"loaded. Without compression Home takes {size(plain)}."
            ),
            head=("page", "HTTP", "web socket", "together", "time"),
            rows=tuple(first),
        ),
        Table(
            title="In use",
            about=(
                "Medians. Aims: a page switch under 300 ms, a head within 100 ms of a click. A "
                "head is first drawn from its thumbnail, then exactly."
            ),
            head=("what", "figure"),
            rows=(
                ("process start to the first page drawn, imports included", seconds(cold)),
                ("page switch, until the new page is drawn", seconds(switch)),
                (f"click on a head until it is drawn large, {LONG} tokens", seconds(click)),
                (
                    f"click on a head until its exact weights are drawn, {LONG} tokens",
                    seconds(exact),
                ),
                (
                    f"bytes of that click (before web socket compression), {LONG} tokens",
                    size(payload),
                ),
            ),
        ),
    ]


def _new_page(browser: Browser) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US").new_page()
    page.set_default_timeout(60_000)
    return page


def _cold_start(home: Path, browser: Browser) -> float:
    begin = time.perf_counter()
    process, address = start_server(home)
    try:
        page = _new_page(browser)
        page.goto(address)
        page.locator("canvas").first.wait_for()
        return time.perf_counter() - begin
    finally:
        stop_server(process)


def _first_pictures(browser: Browser, address: str) -> list[tuple[str, ...]]:
    for path, picture in PICTURES.values():  # models, tokenizers and captures are made
        page = _new_page(browser)
        page.goto(address + path)
        page.locator(picture).first.wait_for()
        page.context.close()
    rows = []
    for name, (path, picture) in PICTURES.items():
        page, traffic = _new_page(browser), Traffic()
        traffic.watch(page)
        begin = time.perf_counter()
        page.goto(address + path)
        page.locator(picture).first.wait_for()
        taken = time.perf_counter() - begin
        page.wait_for_load_state("networkidle")
        rows.append(
            (name, size(traffic.http), size(traffic.socket), size(traffic.total), seconds(taken))
        )
        page.context.close()
    return rows


def _scripts_uncompressed(home: Path, browser: Browser) -> int:
    process, address = start_server(home, entry="app/main.py")
    try:
        page, traffic = _new_page(browser), Traffic()
        traffic.watch(page)
        page.goto(address)
        page.locator("canvas").first.wait_for()
        page.wait_for_load_state("networkidle")
        return traffic.total
    finally:
        stop_server(process)


def _page_switches(browser: Browser, address: str) -> float:
    page = _new_page(browser)
    page.goto(address)
    page.locator("canvas").first.wait_for()
    taken = []
    for turn in range(CLICKS):
        name = ("Tokens", "Attention", "Home")[turn % 3]
        heading = "Look inside a language model" if name == "Home" else name
        begin = time.perf_counter()
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
        page.get_by_role("heading", name=heading, exact=True).wait_for()
        page.locator(IDLE).wait_for()
        page.locator(PICTURES[name][1]).first.wait_for()
        if turn >= 3:  # scripts of a page come with its first visit
            taken.append(time.perf_counter() - begin)
        page.wait_for_timeout(300)
    return statistics.median(taken)


def _head_clicks(browser: Browser, address: str) -> tuple[float, float, float]:
    """Medians of choosing a head: seconds to its thumbnail drawn large, to the exact head, bytes.

    Timed inside the page, from the key that chooses to the end of the drawing.
    """
    text = text_of(load_tokenizer("minilm-l6"), LONG)
    page, traffic = _new_page(browser), Traffic()
    page.goto(f"{address}/attention?view=all&layer=0&head=0&text={quote(text)}")
    page.locator("canvas").nth(2).wait_for()
    page.locator(IDLE).wait_for()
    page.wait_for_timeout(1500)
    traffic.watch(page)
    head = page.get_by_role("application").nth(1).element_handle()
    head.evaluate(WATCH)
    page.get_by_role("application").first.focus()
    first, exact, sent = [], [], []
    for turn in range(CLICKS):
        before = traffic.socket
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.locator(f"[aria-label^='Layer 0 · head {turn + 1} ']").wait_for()
        page.wait_for_timeout(400)
        drawn = page.evaluate("window.drawn")
        first.append(drawn[0] / 1e3)
        exact.append(drawn[-1] / 1e3)
        sent.append(traffic.socket - before)
    return statistics.median(first), statistics.median(exact), statistics.median(sent)
