"""The gallery in a real browser: a server on a free port, and pages that count mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request

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


@pytest.fixture(params=["light"])
def shown(request: pytest.FixtureRequest, gallery: str, browser: Browser) -> Iterator[Shown]:
    """A page in the theme and width asked for; at the end nothing may have gone wrong on it."""
    theme, _, narrow = request.param.partition(" ")
    context = browser.new_context(
        color_scheme=theme,
        viewport={"width": 390 if narrow else 1280, "height": 900},
        has_touch=bool(narrow),
        permissions=["clipboard-read", "clipboard-write"],
    )
    view = Shown(context.new_page(), gallery)
    _watch(view)
    yield view
    context.close()
    assert view.mistakes == []
    assert view.foreign == []


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
