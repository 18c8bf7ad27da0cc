"""Headlight as a server: the Streamlit app with its document completed and its scripts compressed,
and news of a class told at once.

``python -m streamlit run app/server.py`` starts it; ``streamlit run app/main.py`` works too,
without the three. The first model is loaded while the first browser is still opening the page.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from app.classroom.feed import feed_route
from app.compression import CompressStatic
from app.document import Document


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield {}


def _warm_up() -> None:
    from app import resources

    resources.warm_up()


app = st.App(
    "main.py",
    routes=[feed_route()],
    middleware=[Middleware(Document), Middleware(CompressStatic)],
    lifespan=_lifespan,
)
