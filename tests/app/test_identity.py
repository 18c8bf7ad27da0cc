"""Who is served: the cookie, and the teacher."""

from __future__ import annotations

import pytest
import streamlit as st

from app import identity
from core.classes.guesses import Guesses
from core.errors import NotAllowedError


class Context:
    """What a browser sent."""

    def __init__(self, address=None, cookies=None, headers=None):
        self.ip_address = address
        self.cookies = cookies or {}
        self.headers = headers or {}


@pytest.fixture
def session(monkeypatch):
    held: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", held)
    return held


@pytest.fixture
def browser(monkeypatch):
    def come(**sent):
        monkeypatch.setattr(st, "context", Context(**sent))

    come()
    return come


def test_the_cookie_is_the_identity(session, browser):
    browser(cookies={"headlight_id": "ab" * 16})
    assert identity.identity() == "ab" * 16


@pytest.mark.parametrize("forged", ["", "short", "AB" * 16, "ab" * 15 + "../x", "ab" * 17])
def test_a_forged_cookie_is_not_an_identity(session, browser, forged):
    browser(cookies={"headlight_id": forged})
    assert identity.is_identity(identity.identity())
    assert identity.identity() == session["identity"]


def test_without_a_key_the_browser_on_the_same_machine_is_the_teacher(
    session, browser, monkeypatch
):
    monkeypatch.delenv("HEADLIGHT_TEACHER_KEY", raising=False)
    assert identity.is_teacher()
    browser(address="10.0.0.7")
    assert not identity.is_teacher()
    browser(headers={"X-Forwarded-For": "10.0.0.7"})
    assert not identity.is_teacher()
    with pytest.raises(NotAllowedError, match="teacher"):
        identity.require_teacher()


def test_with_a_key_nobody_is_the_teacher_who_did_not_give_it(session, browser, monkeypatch):
    monkeypatch.setenv("HEADLIGHT_TEACHER_KEY", "chalk 粉笔")
    assert not identity.is_teacher()
    assert not identity.give_teacher_key("cheese")
    assert not identity.is_teacher()
    assert identity.give_teacher_key("chalk 粉笔")
    assert identity.is_teacher()


def test_who_guesses_waits_in_a_new_session_too(session, browser, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(identity, "_guesses", Guesses(clock=lambda: now[0]))
    monkeypatch.setenv("HEADLIGHT_TEACHER_KEY", "chalk")
    browser(cookies={identity.COOKIE: "ab" * 16})
    for _ in range(4):
        assert not identity.give_teacher_key("guess")
    session.clear()
    with pytest.raises(NotAllowedError, match="wait 2 seconds"):
        identity.give_teacher_key("chalk")
    now[0] = 2.5
    assert identity.give_teacher_key("chalk")
