"""Links that somebody hands in: only a page of this server, with the parameters it declares."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from app.navigation import is_page
from app.state import PAGE_STATES
from core.errors import LinkError
from core.language import _

LONGEST: Final = 8000


def read_address(text: str, here: str) -> tuple[str, dict[str, str]]:
    """The page and the parameters of the link ``text``; ``here`` is an address of this server.

    What the page does not declare is left out. Raises LinkError for a link that leads elsewhere.
    """
    text = text.strip()
    try:
        parts = urlsplit(text[:LONGEST])
        given = dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100))
    except ValueError as error:
        raise LinkError(_("This is not a link: copy one with Copy link.")) from error
    if not text or len(text) > LONGEST:
        raise LinkError(_("This is not a link: copy one with Copy link."))
    own = urlsplit(here)
    outside = parts.scheme not in ("", "http", "https") or parts.netloc not in ("", own.netloc)
    folder = own.path.rpartition("/")[0]
    page = parts.path.removeprefix(folder).strip("/") or "home"
    if outside or (parts.scheme and not parts.netloc) or not is_page(page):
        raise LinkError(_("This link leads outside: only pages of this server can be shown."))
    state = next((each for each in PAGE_STATES if each.page == page), None)
    known = {param.name for param in state.params} | {"x"} if state else set()
    return page, {name: value for name, value in given.items() if name in known}
