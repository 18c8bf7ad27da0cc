"""The one error frame: every page, and every fragment of a page, runs inside it.

What Headlight raises on purpose is shown as its sentence. Anything else is a fault of ours: it is
logged whole under a reference number, and the reader sees that number and can go on.
"""

from __future__ import annotations

import functools
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import streamlit as st

from components.plain import unreplaced
from core.errors import HeadlightError
from core.language import _

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger("headlight")


@contextmanager
def error_frame() -> Iterator[None]:
    """Show what is raised inside as one sentence; Streamlit's own control flow passes through."""
    try:
        yield
    except HeadlightError as error:
        show_error(error)
    except Exception:
        reference = secrets.token_hex(3).upper()
        log.exception("Reference %s", reference)
        st.error(
            _(
                "Something went wrong here. Try again; the server's log has the details under "
                "{reference}."
            ).format(reference=reference)
        )


def show_error(error: HeadlightError) -> None:
    """The sentence of ``error``, as plain text: it may quote what somebody typed."""
    st.error(as_plain(str(error)))


def framed(function: Callable[P, R]) -> Callable[P, R | None]:
    """``function`` inside the error frame; for fragments, which run again without their page."""

    @functools.wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R | None:
        with error_frame():
            return function(*args, **kwargs)
        return None

    return inside


def as_plain(text: str) -> str:
    """``text`` with every sign that Markdown would act on escaped."""
    return "".join(
        f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|<>~$:&" else sign for sign in unreplaced(text)
    )
