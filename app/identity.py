"""Who is being served: an anonymous browser, and whether it is the teacher's.

There are no accounts. A browser is known by a random cookie that ``app.server`` sets; started
without that server (plain ``streamlit run app/main.py``) the identity lasts as long as the session.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import re
import secrets
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.state import IDENTITY_KEY, TEACHER_KEY
from core.classes.guesses import Guesses
from core.errors import NotAllowedError
from core.language import _

COOKIE: Final = "headlight_id"
TEACHER_VARIABLE: Final = "HEADLIGHT_TEACHER_KEY"
LOCAL: Final = "this machine"
"""The address of a browser that runs on the server's own machine."""

_guesses: Final = Guesses()
_IDENTITY: Final = re.compile(r"[0-9a-f]{32}")


def is_identity(text: str | None) -> bool:
    """Whether ``text`` has the form of an identity: 32 hexadecimal digits."""
    return text is not None and _IDENTITY.fullmatch(text) is not None


def new_identity() -> str:
    """A random identity."""
    return secrets.token_hex(16)


def identity() -> str:
    """The anonymous identity of the browser that is being served."""
    cookie = st.context.cookies.get(COOKIE)
    if cookie is not None and is_identity(cookie):
        return cookie
    if IDENTITY_KEY not in st.session_state:
        st.session_state[IDENTITY_KEY] = new_identity()
    return str(st.session_state[IDENTITY_KEY])


def session_id() -> str:
    """The session that is being served, one for each tab and page load; "" outside of one."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def needs_key() -> bool:
    """Whether this server was started with a teacher key."""
    return bool(os.environ.get(TEACHER_VARIABLE))


def is_teacher() -> bool:
    """Whether this session may fetch and load models: it gave the teacher key, or there is none
    and the browser runs on the same machine as the server."""
    if needs_key():
        return bool(st.session_state.get(TEACHER_KEY))
    return _is_local(st.context.ip_address) and "X-Forwarded-For" not in st.context.headers


def give_teacher_key(key: str) -> bool:
    """Make this session the teacher's when ``key`` is the one the server was started with.

    Raises ``NotAllowedError`` while this browser or its address has to wait after wrong ones: a
    new session costs nothing.
    """
    browser, address = identity(), st.context.ip_address or LOCAL
    _guesses.require_patience(browser, address)
    right = hmac.compare_digest(key.encode(), os.environ.get(TEACHER_VARIABLE, "").encode())
    st.session_state[TEACHER_KEY] = right and needs_key()
    if right:
        _guesses.note_right(browser)
    else:
        _guesses.note_wrong(browser, address)
    return right


def require_teacher() -> None:
    """Raise ``NotAllowedError`` unless this session is the teacher's."""
    if not is_teacher():
        raise NotAllowedError(
            _("Only the teacher may do this. Give the teacher key on the page Models.")
        )


def _is_local(address: str | None) -> bool:
    """Streamlit gives None for a browser on the same machine."""
    if address is None:
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
