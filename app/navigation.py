"""The pages and where they stand in the navigation."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from core.language import _

PAGES: Final = Path(__file__).resolve().parent.parent / "pages"


def page_path(name: str) -> Path:
    """The script of the page ``name``."""
    return PAGES / f"{name}.py"


def is_page(name: str) -> bool:
    """Whether there is a page of this name."""
    return name.isidentifier() and name.isascii() and page_path(name).is_file()


def pages() -> dict[str, list[st.Page]]:
    """The pages by section, titled in the current language."""
    return {
        _("Start"): [
            _page("home", _("Home"), default=True),
            _page("course", _("Course")),
            _page("guide", _("Guide")),
        ],
        _("Look"): [
            _page("tokens", _("Tokens")),
            _page("attention", _("Attention")),
            _page("anatomy", _("Anatomy")),
        ],
        _("Predict"): [
            _page("masked", _("Masked words")),
            _page("generation", _("Generation")),
        ],
        _("Use"): [_page("prompts", _("Prompts")), _page("tasks", _("Tasks"))],
        _("Train"): [_page("train", _("Train")), _page("models", _("Models"))],
    }


def page_titles() -> dict[str, str]:
    """Name → title of every page, in the current language."""
    return {page.url_path or "home": page.title for part in pages().values() for page in part}


def heading(page: st.Page) -> str:
    """What stands above ``page``; the default page, Home, says more than its title."""
    return page.title if page.url_path else _("Look inside a language model")


def _page(name: str, title: str, *, default: bool = False) -> st.Page:
    return st.Page(page_path(name), title=title, url_path=name, default=default)
