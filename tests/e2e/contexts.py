"""Browser contexts that are used again: each keeps Streamlit's scripts, and nobody's state.

A new context fetches and compiles the scripts of the page once more, which took a second a test.
"""

from __future__ import annotations

from collections import defaultdict

from playwright.sync_api import Browser, BrowserContext, Error

# What one test may leave in the browser that the next would see.
FORGET = "() => { localStorage.clear(); sessionStorage.clear(); }"
Look = tuple[str, str, bool]


class Contexts:
    """Contexts by language, colour scheme and touch; two that are taken are never the same one."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[Look, list[BrowserContext]] = defaultdict(list)
        self._closed: set[BrowserContext] = set()

    def take(self, look: Look) -> BrowserContext:
        """One that nobody uses."""
        if self._free[look]:
            return self._free[look].pop()
        lang, theme, touch = look
        made = self._browser.new_context(
            locale="zh-CN" if lang == "zh" else "en-US", color_scheme=theme, has_touch=touch
        )
        made.on("close", lambda context: self._closed.add(context))
        return made

    def give_back(self, look: Look, context: BrowserContext) -> None:
        """Close its pages and forget what they kept; what a test closed itself is gone."""
        if context in self._closed:
            return
        try:
            for page in context.pages:
                page.evaluate(FORGET)
                page.close()
            context.clear_cookies()
            context.clear_permissions()
        except Error:  # a page that was left in the middle of something
            context.close()
        else:
            self._free[look].append(context)
