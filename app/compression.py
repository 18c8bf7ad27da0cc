"""Serve Streamlit's scripts compressed: 2.3 MB become about 0.7 for whoever opens the app first.

Streamlit leaves this to a proxy because compressing on each request costs processor time. Its
scripts never change while it runs, so here each is compressed once and kept.
"""

from __future__ import annotations

import gzip
from typing import Final

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMPRESSED_TYPES: Final = (b"text/javascript", b"application/javascript", b"text/css", b"font/ttf")
LEAST_BYTES: Final = 1024
MOST_BYTES: Final = 32 * 2**20
"""What the kept files may take in memory, compressed; beyond it files go out as they are."""


class CompressStatic:
    """ASGI middleware: gzip for ``/static/`` scripts and styles, each compressed once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or pass on and keep the answer."""
        if not _may_compress(scope):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path not in self._kept:
            answer = _Answer()
            await self._app(scope, receive, answer.take)
            if not answer.is_worth_it() or self._bytes > MOST_BYTES:
                await answer.pass_on(send)
                return
            body = await anyio.to_thread.run_sync(gzip.compress, bytes(answer.body), 6)
            self._kept[path] = (answer.compressed_headers(len(body)), body)
            self._bytes += len(body)
        headers, body = self._kept[path]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Answer:
    """A response held back until it is known whether it is worth compressing."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.body = bytearray()

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def is_worth_it(self) -> bool:
        headers = dict(self.start["headers"])
        kind = headers.get(b"content-type", b"")
        return (
            self.start["status"] == 200
            and b"content-encoding" not in headers
            and kind.startswith(COMPRESSED_TYPES)
            and len(self.body) >= LEAST_BYTES
        )

    def compressed_headers(self, length: int) -> list[tuple[bytes, bytes]]:
        gone = {b"content-length", b"accept-ranges"}
        kept = [(name, value) for name, value in self.start["headers"] if name not in gone]
        return [
            *kept,
            (b"content-encoding", b"gzip"),
            (b"content-length", str(length).encode()),
            (b"vary", b"Accept-Encoding"),
        ]

    async def pass_on(self, send: Send) -> None:
        await send(self.start)
        await send({"type": "http.response.body", "body": bytes(self.body)})


def _may_compress(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = dict(scope["headers"])
    asked = b"gzip" in headers.get(b"accept-encoding", b"")
    whole = not {b"range", b"if-none-match", b"if-modified-since"} & headers.keys()
    return scope["path"].startswith("/static/") and asked and whole
