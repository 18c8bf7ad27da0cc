"""Where a lesson leads: a page of this app in a prepared state, and nowhere else."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from app import resources
from app.codec import PageState
from app.navigation import pages
from app.state import PAGE_STATES
from core.course import Lesson, Opening
from core.errors import LinkError
from core.language import LANGUAGES, _, current_language, speaking

MOST_LINK: Final = 60_000
_STATES: Final = {state.page: state for state in PAGE_STATES}


def page_titles() -> dict[str, str]:
    """What the pages are called, by their name in an address."""
    return {page.url_path or "home": page.title for some in pages().values() for page in some}


def state_of(page: str) -> PageState:
    """The state of a page; LinkError where there is none."""
    if page not in _STATES or page == "course":
        raise LinkError(
            _("{page} is no page that a lesson opens; there are: {pages}.").format(
                page=page[:40], pages=", ".join(name for name in _STATES if name != "course")
            )
        )
    return _STATES[page]


def check_place(opens: Opening) -> None:
    """Raise LinkError unless the page is there, and takes each value in every language."""
    state = state_of(opens.page)
    known = {param.name: param for param in state.params}
    for language in LANGUAGES:
        with speaking(language):
            link = opens.link()
        for name, value in link.items():
            if name not in known:
                raise LinkError(
                    _("The page {page} has no {name}; it has: {names}.").format(
                        page=opens.page, name=name, names=", ".join(known)
                    )
                )
            try:
                known[name].parse(value)
            except (LinkError, ValueError) as error:
                said = f" {error}" if isinstance(error, LinkError) else ""
                raise LinkError(
                    _("The page {page} cannot use {name}={value}.").format(
                        page=opens.page, name=name, value=value[:40]
                    )
                    + said
                ) from None


def whole_link(lesson: Lesson) -> dict[str, str]:
    """Every parameter of the lesson's page, so that nothing stays of what was shown before."""
    state, given = state_of(lesson.opens.page), lesson.opens.link()
    values = {
        param.name: given.get(param.name, param.show(param.default())) for param in state.params
    }
    return {**values, "lang": current_language()}


def forget_address(page: str) -> None:
    """Let a page read its address anew, also where it was the same before."""
    _STATES[page].forget(st.session_state)


def read_link(link: str) -> Opening:
    """What a copied link opens: only its page and parameters count, never where it leads.

    Raises LinkError for one that leads outside, to no page, or to a stored state that is gone.
    """
    if not link.strip():
        raise LinkError(_("The page that it opens is missing: paste a link."))
    parts = urlsplit(link.strip()[:MOST_LINK])
    own = urlsplit(st.context.url or "")
    if (parts.netloc and parts.netloc != own.netloc) or parts.scheme not in ("", "http", "https"):
        raise LinkError(
            _("The link leads outside of this server: paste one that “Copy link” gave here.")
        )
    page = parts.path.rstrip("/").rpartition("/")[2] or "home"
    state = state_of(page)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    given.pop("lang", None)
    if "x" in given:
        stored = resources.records().load_experiment(given.pop("x"))
        if stored is None:
            raise LinkError(_("This link's experiment is not stored on this server."))
        given |= stored
    opening = Opening(page=state.page, state=given)
    check_place(opening)
    return opening


def looked_at() -> dict[str, dict[str, str]]:
    """The pages that this session has shown, and what their links hold."""
    found = {}
    for name, state in _STATES.items():
        written = st.session_state.get(state.written_key)
        if name != "course" and isinstance(written, dict):
            found[name] = {str(key): str(value) for key, value in written.items()}
    return found
