"""A browser session without a browser: what Streamlit's own script says over its web socket.

It keeps what a browser keeps (page, address, ids of widgets) and draws nothing.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PATIENCE: Final = 60.0
"""Seconds that a run may take."""


@dataclass
class SessionClient:
    """One session: ``address`` is the server's, ``page`` where it begins."""

    address: str
    page: str = ""
    query: str = ""
    identity: str = field(default_factory=lambda: secrets.token_hex(16))
    hash: str = ""
    widgets: dict[str, str] = field(default_factory=dict)  # key → id
    messages: dict[str, dict] = field(default_factory=dict)  # key of a component → its JSON
    errors: list[str] = field(default_factory=list)
    finished: list[float] = field(default_factory=list)
    idle: bool = True
    pages: dict[str, str] = field(default_factory=dict)  # hash → name
    _socket: ClientConnection | None = None
    _reader: asyncio.Task | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def headers(self) -> dict[str, str]:
        """What a browser of this identity sends along."""
        return {"Cookie": f"headlight_id={self.identity}"}

    async def open(self) -> None:
        """Connect, and run the page once."""
        self._socket = await connect(
            self.address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers=self.headers,
            max_size=None,
        )
        self._reader = asyncio.create_task(self._read())
        await self.run(name=self.page)

    async def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await asyncio.wait([self._reader])

    async def run(
        self, *, name: str = "", set_texts: dict[str, str] | None = None, press: str = ""
    ) -> float:
        """Run the script as a click does, and wait for its end; the seconds that took.

        ``set_texts`` are texts in boxes, by key, and ``press`` the key of a button.
        """
        begin, before = time.perf_counter(), len(self.finished)
        await self.send(name=name, set_texts=set_texts, press=press)
        await self.wait(lambda: len(self.finished) > before)
        return time.perf_counter() - begin

    async def send(
        self, *, name: str = "", set_texts: dict[str, str] | None = None, press: str = ""
    ) -> None:
        """Ask for a run without waiting for it."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self.query
        state.page_script_hash = self.hash
        state.page_name = name
        for key, text in (set_texts or {}).items():
            widget = state.widget_states.widgets.add()
            widget.id, widget.string_value = self.widgets[key], text
        if press:
            widget = state.widget_states.widgets.add()
            widget.id, widget.trigger_value = self.widgets[press], True
        if self._socket is None:
            raise RuntimeError("the session is not open")
        await self._socket.send(message.SerializeToString())

    async def wait(self, is_so: Callable[[], bool]) -> None:
        """Wait until ``is_so``; TimeoutError after a minute."""
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                self._news.clear()
                await self._news.wait()

    async def _read(self) -> None:
        if self._socket is None:
            return
        async for data in self._socket:
            message = ForwardMsg.FromString(data)
            self._take(message)
            self._news.set()

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.idle = False
            self.hash = message.new_session.page_script_hash
        elif kind == "navigation":
            self.hash = message.navigation.page_script_hash
            for page in message.navigation.app_pages:
                self.pages[page.page_script_hash] = page.url_pathname or "home"
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif (
            kind == "script_finished"
            and message.script_finished != message.FINISHED_EARLY_FOR_RERUN
        ):
            self.finished.append(time.perf_counter())
            self.idle = True
        elif kind == "delta":
            self._take_element(message)

    def _take_element(self, message: ForwardMsg) -> None:
        if message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        shown = getattr(element, kind) if kind else None
        if kind == "exception" or (kind == "alert" and shown.format == shown.ERROR):
            self.errors.append(str(shown)[:300])
        name = getattr(shown, "id", "")
        if name:
            self.widgets[_key(name)] = name
        if kind == "bidi_component" and shown.json:
            self.messages[_key(name)] = json.loads(shown.json)

    @property
    def page_name(self) -> str:
        """The page that is shown."""
        return self.pages.get(self.hash, "")


def _key(name: str) -> str:
    """The key of a widget; its id is $$ID-hash-key."""
    return name.split("-", 2)[-1]
