"""News of a class, told to a browser the moment there are some: one HTTP request that waits.

A seat's ticket is all that a request needs; a code cannot be guessed here. Held requests cost
nothing while nothing moves. ``app.server`` serves this; without it the page looks every second.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app import resources

PATH: Final = "class/feed"
HELD: Final = 20.0
"""Seconds that a request waits; then the browser asks again."""

_served = False


def is_served() -> bool:
    """Whether this process answers requests for news."""
    return _served


def feed_route() -> Route:
    """The route for ``app.server``."""
    global _served
    _served = True
    return Route(f"/{PATH}/{{ticket}}", _feed, methods=["GET"])


async def _feed(request: Request) -> JSONResponse:
    """What the seat is told, once it is not what its browser knows already."""
    ticket = request.path_params["ticket"]
    known = request.query_params.get("after", "")
    loop, news = asyncio.get_running_loop(), asyncio.Event()
    classes = resources.classes()
    stop = classes.listen(ticket, lambda: loop.call_soon_threadsafe(news.set))
    gone = False
    try:
        told = classes.hear(ticket)
        if told is not None and str(told.stamp) == known:
            gone = await _wait(request, news)
            told = classes.hear(ticket)
    finally:
        stop(gone)
    return JSONResponse({"over": True} if told is None else asdict(told), headers=_FRESH)


_FRESH: Final = {"Cache-Control": "no-store"}


async def _wait(request: Request, news: asyncio.Event) -> bool:
    """Wait for news or the end of patience; whether the browser hung up meanwhile."""
    heard = asyncio.ensure_future(news.wait())
    left = asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait({heard, left}, timeout=HELD, return_when=asyncio.FIRST_COMPLETED)
        return left.done()
    finally:
        heard.cancel()
        left.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
