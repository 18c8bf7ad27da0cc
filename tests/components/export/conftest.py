"""A hand-made capture, and a page opened from the disk in a browser without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from core.attention import AttentionOverview, capture_attention, overview_of
from core.export import Provenance
from core.models import load_model
from tests.components.export.texts import ATTACK, SENTENCE


@pytest.fixture(scope="session")
def minilm():
    return load_model("minilm-l6", device="cpu")


@pytest.fixture(scope="session")
def overview(minilm) -> AttentionOverview:
    capture = capture_attention(minilm, f"{SENTENCE} x")
    texts = tuple(ATTACK if text == "x" else text for text in capture.tokens.texts)
    return overview_of(replace(capture, tokens=replace(capture.tokens, texts=texts)))


@pytest.fixture
def provenance() -> Provenance:
    return Provenance(
        model="minilm-l6",
        weights="53aa" * 16,
        dtype="float32",
        device="cpu",
        headlight="0.1.0",
        torch="2.13.0",
        transformers="5.23.0",
    )


@dataclass
class Opened:
    """A page from the disk, with everything that went wrong on it."""

    page: Page
    mistakes: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def open_file(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens HTML from the disk, the network off; at the end nothing may have gone wrong."""
    opened: list[Opened] = []

    def open_(text: str, *, theme: str = "light", width: int = 1280) -> Opened:
        path = tmp_path / f"page{len(opened)}.html"
        path.write_text(text, encoding="utf-8")
        context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": 900})
        context.set_offline(True)
        one = Opened(context.new_page())
        page = one.page
        page.on("request", lambda request: one.requests.append(request.url))
        page.on("pageerror", lambda error: one.mistakes.append(str(error)))
        page.on("dialog", lambda dialog: (one.mistakes.append("dialog"), dialog.dismiss()))
        page.on(
            "console",
            lambda message: one.mistakes.append(message.text) if message.type == "error" else None,
        )
        page.goto(path.as_uri())
        opened.append(one)
        return one

    yield open_
    for one in opened:
        own = one.page.url
        one.page.context.close()
        assert one.mistakes == []
        assert [url for url in one.requests if not url.startswith((own, "blob:", "data:"))] == []


@pytest.fixture
def exact(overview) -> Callable[[int, int], np.ndarray]:
    return overview.capture.head
