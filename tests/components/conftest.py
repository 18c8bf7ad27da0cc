"""The gallery in a real browser: a server on a free port, and pages that count mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize

from tests.e2e.driving import open_browser, start_server, stop_server

GALLERY = Path(__file__).with_name("gallery.py")


@dataclass
class Shown:
    """A page of the gallery, with everything that went wrong on it."""

    page: Page
    address: str
    mistakes: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    received: int = 0  # bytes, over the websocket

    def open(self, section: str) -> Page:
        self.page.goto(f"{self.address}/?show={section}")
        self.page.wait_for_selector(".view[data-draw-ms]", timeout=30_000)
        self.page.wait_for_function("document.fonts.status === 'loaded'")
        return self.page

    def line(self, number: int = 0) -> str:
        return self.page.locator(".line").nth(number).inner_text().replace("\n", " ")


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running gallery."""
    process, address = start_server(tmp_path_factory.mktemp("gallery"), entry=str(GALLERY))
    try:
        yield address
    finally:
        stop_server(process)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


class Pages:
    """A page for each theme and width, opened once: a new one loads Streamlit's scripts again."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._open: dict[tuple[str, str], Shown] = {}

    def page(self, look: str, address: str) -> Shown:
        """The page of that look and server, as good as new."""
        theme, _, narrow = look.partition(" ")
        size: ViewportSize = {"width": 390 if narrow else 1280, "height": 900}
        if (look, address) not in self._open:
            context = self._browser.new_context(
                has_touch=bool(narrow), permissions=["clipboard-read", "clipboard-write"]
            )
            self._open[look, address] = Shown(context.new_page(), address)
            _watch(self._open[look, address])
        shown = self._open[look, address]
        if shown.page.url.startswith("http"):
            shown.page.evaluate("localStorage.clear()")  # Streamlit keeps a chosen theme there
        shown.page.goto("about:blank")
        shown.page.set_viewport_size(size)
        shown.page.emulate_media(
            color_scheme="dark" if theme == "dark" else "light", reduced_motion="no-preference"
        )
        shown.page.mouse.move(0, 0)
        shown.mistakes.clear()
        shown.foreign.clear()
        shown.received = 0
        return shown

    def forget(self, look: str, address: str) -> None:
        """Close that page: after a failure the next test gets a new one."""
        self._open.pop((look, address)).page.context.close()


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Pages:
    return Pages(browser)


@pytest.fixture
def alone(gallery: str, browser: Browser) -> Iterator[Shown]:
    """A page of its own, for tests that leave something in it."""
    view = Pages(browser).page("light", gallery)
    yield view
    view.page.context.close()
    assert view.mistakes + view.foreign == []


@pytest.fixture(params=["light"])
def shown(request: pytest.FixtureRequest, pages: Pages, gallery: str) -> Iterator[Shown]:
    """A page in the theme and width asked for; at the end nothing may have gone wrong on it."""
    view = pages.page(request.param, gallery)
    yield view
    wrong = view.mistakes + view.foreign
    if wrong:
        pages.forget(request.param, gallery)
    assert wrong == []


def _watch(view: Shown) -> None:
    def left(request: Request) -> None:
        if not request.url.startswith((view.address, "blob:", "data:")):
            view.foreign.append(request.url)

    def heard(frame: str | bytes) -> None:
        view.received += len(frame)

    page = view.page
    page.on("request", left)
    page.on("pageerror", lambda error: view.mistakes.append(str(error)))
    page.on("dialog", lambda dialog: (view.mistakes.append("dialog"), dialog.dismiss()))
    page.on(
        "console",
        lambda message: view.mistakes.append(message.text) if message.type == "error" else None,
    )
    page.on("websocket", lambda socket: socket.on("framereceived", heard))
