"""The one HTML document that Streamlit serves for every page, on its way out.

It gets a cookie that knows the browser, the name of the app, and the address of the server: without
it Streamlit's script asks for the server below each page first, ``/attention/_stcore/health``, and
the browser's console fills with errors that are none.
"""

from __future__ import annotations

import gzip
import re
from typing import Final

from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.identity import COOKIE, is_identity, new_identity

ONE_YEAR: Final = 365 * 24 * 3600

# Scripts are named relative to the document, so the server answers in its folder, also below a
# proxy's prefix.
_SCRIPT: Final = (
    b"<script>window.__streamlit = {BACKEND_BASE_URL: "
    b"location.origin + location.pathname.replace(/[^/]*$/, '')};</script>"
)
_TITLE: Final = re.compile(rb"<title>[^<]*</title>")
_FILES: Final = re.compile(r"/media/[^/]+$")  # where Streamlit serves what is downloaded
_STALE: Final = {b"content-length", b"etag", b"last-modified", b"accept-ranges"}


class Document:
    """ASGI middleware: completes the document, passes everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; hold a document back until it is whole, and send it completed."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_document(scope, message):
                start.update(message)
            elif not start:
                await send(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send_document(send, start, bytes(body), known=_has_identity(scope))

        await self._app(scope, receive, complete)


async def _send_document(send: Send, start: Message, body: bytes, *, known: bool) -> None:
    zipped = dict(start["headers"]).get(b"content-encoding") == b"gzip"
    document = gzip.decompress(body) if zipped else body
    document = _TITLE.sub(lambda _found: b"<title>Headlight</title>" + _SCRIPT, document, count=1)
    document = gzip.compress(document) if zipped else document
    headers = [(name, value) for name, value in start["headers"] if name not in _STALE]
    headers.append((b"content-length", str(len(document)).encode()))
    if not known:
        cookie = f"{COOKIE}={new_identity()}; Path=/; Max-Age={ONE_YEAR}; HttpOnly; SameSite=Lax"
        headers.append((b"set-cookie", cookie.encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": document})


def _is_document(scope: Scope, message: Message) -> bool:
    """Whether it is Streamlit's own page, and no file of a user that is one, too."""
    if _FILES.search(scope["path"]):
        return False
    kind = dict(message["headers"]).get(b"content-type", b"")
    return message["status"] == 200 and kind.startswith(b"text/html")


def _has_identity(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        # As Streamlit reads it: SimpleCookie stops at the first cookie that it dislikes, and other
        # apps of the same host set such ones.
        if name == b"cookie" and is_identity(cookie_parser(value.decode("latin-1")).get(COOKIE)):
            return True
    return False
