"""The app in a real browser: one server for the run, a page that watches for faults."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.contexts import Contexts
from tests.e2e.driving import home_with_models, open_browser, start_server, stop_server

# The first page of a run waits for libraries to be imported and models to be loaded.
expect.set_options(timeout=40_000)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    home = home_with_models(tmp_path_factory.mktemp("server") / "home")
    process, address = start_server(home)
    yield address
    stop_server(process)


@pytest.fixture(scope="session")
def browser():
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def contexts(browser):
    return Contexts(browser)


@pytest.fixture
def new_page(contexts, server):
    """``new_page(path, lang=, theme=, width=)`` → a page; at the end no fault may have happened.

    ``faulty`` is for what is meant to fail, of which Streamlit itself tells the console.
    """
    taken, faults = [], []

    def open_page(
        path="/",
        *,
        lang="en",
        theme="light",
        width=1280,
        height=900,
        address=server,
        faulty=False,
        touch=False,
    ):
        look = (lang, theme, touch)
        context = contexts.take(look)
        taken.append((look, context))
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(30_000)
        if faulty:
            page.goto(f"{address}{path}")
            return page
        page.on("console", lambda said: said.type == "error" and faults.append(said.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((address, "data:", "blob:"))
                or faults.append(f"left the server: {request.url}")
            ),
        )
        page.goto(f"{address}{path}")
        return page

    yield open_page
    for look, context in taken:
        contexts.give_back(look, context)
    assert faults == []
