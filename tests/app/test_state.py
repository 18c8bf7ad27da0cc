"""Session keys and the link codec."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest

from app.attention.state import ATTENTION
from app.codec import LINK_LIMIT
from app.generation.state import GENERATION, MAX_PENALTY
from app.masked.state import MASKED
from app.state import PAGE_STATES, TOKENS
from app.train.state import TRAIN_METHODS
from core.generation import settings
from core.language import speaking
from core.tuning.finetune import Method


class Shelf:
    """A store of experiments in memory."""

    def __init__(self):
        self.held = {}

    def save_experiment(self, state, *, owner):
        self.held["ab12"] = dict(state)
        return "ab12"

    def load_experiment(self, name):
        return self.held.get(name)


@pytest.fixture
def shelf():
    return Shelf()


def round_trip(state, session, shelf, language="en"):
    link = state.link(session, language, shelf, "me")
    fresh: dict[str, object] = {}
    assert state.read(fresh, link, shelf) == ()
    return fresh


def test_a_fresh_session_gets_every_default(shelf):
    session: dict[str, object] = {}
    assert ATTENTION.read(session, {}, shelf) == ()
    assert session["attention.model"] == "minilm-l6"
    assert session["attention.layer"] is None


@pytest.mark.parametrize("state", PAGE_STATES, ids=lambda state: state.page)
def test_the_link_holds_defaults_too_and_reopens_them(state, shelf):
    session: dict[str, object] = {}
    state.read(session, {}, shelf)
    link = state.link(session, "en", shelf, "me")
    assert set(link) == {param.name for param in state.params} | {"lang"}
    reopened = round_trip(state, session, shelf)
    assert {key: reopened[key] for key in map(state.key, link.keys() - {"lang"})} == {
        key: session[key] for key in map(state.key, link.keys() - {"lang"})
    }


@pytest.mark.parametrize(
    "text", ["a&b=c#d?e", "它太累了", "👩‍👩‍👧", "line\nbreak", "  ", "100%25", ""]
)
def test_any_text_comes_back_from_the_link(text, shelf):
    session: dict[str, object] = {}
    TOKENS.read(session, {}, shelf)
    session["tokens.text"] = text
    assert round_trip(TOKENS, session, shelf)["tokens.text"] == text


def test_a_long_state_is_stored_and_linked_by_id(shelf):
    session: dict[str, object] = {}
    TOKENS.read(session, {}, shelf)
    session["tokens.text"] = "字" * LINK_LIMIT
    link = TOKENS.link(session, "zh", shelf, "me")
    assert link == {"x": "ab12", "lang": "zh"}
    assert round_trip(TOKENS, session, shelf, "zh")["tokens.text"] == "字" * LINK_LIMIT


def test_an_unknown_id_is_named_and_the_defaults_stand(shelf):
    session: dict[str, object] = {}
    (problem,) = TOKENS.read(session, {"x": "gone"}, shelf)
    assert "gone" in problem
    assert session["tokens.first"] == "minilm-l6"


@pytest.mark.parametrize(
    ("name", "value"), [("layer", "-1"), ("layer", "x"), ("head", "99999"), ("view", "both")]
)
def test_a_bad_value_is_named_and_its_default_stands(name, value, shelf):
    session: dict[str, object] = {}
    (problem,) = ATTENTION.read(session, {name: value}, shelf)
    assert f"{name}={value}" in problem
    assert session[ATTENTION.key(name)] == {"view": "six"}.get(name)


def test_the_session_wins_over_an_address_that_was_written_before(shelf):
    session: dict[str, object] = {}
    ATTENTION.read(session, {}, shelf)
    link = ATTENTION.link(session, "en", shelf, "me")
    session[ATTENTION.written_key] = link
    session["attention.text"] = "typed since"
    ATTENTION.read(session, link, shelf)
    assert session["attention.text"] == "typed since"


def test_what_was_typed_wins_over_an_address_that_was_read_before(shelf):
    session: dict[str, object] = {}
    ATTENTION.read(session, {"text": "of the link"}, shelf)
    session[ATTENTION.written_key] = ATTENTION.link(session, "en", shelf, "me")
    session["attention.text"] = "typed while the page computed"
    ATTENTION.read(session, {"text": "of the link"}, shelf)
    assert session["attention.text"] == "typed while the page computed"


def test_what_was_chosen_wins_over_every_address_that_the_page_wrote_before(shelf):
    """Two fragments wrote one after another; the browser sends the address between them."""
    session: dict[str, object] = {}
    ATTENTION.read(session, {}, shelf)
    for token in (None, 3, 10):
        session["attention.token"] = token
        ATTENTION.write(session, ATTENTION.link(session, "en", shelf, "me"))
    between = {**ATTENTION.link(session, "en", shelf, "me"), "token": "3"}
    ATTENTION.read(session, between, shelf)
    assert session["attention.token"] == 10
    ATTENTION.read(session, between, shelf, returned=True)
    assert session["attention.token"] == 3


def _typed_since(shelf):
    """A session of Attention whose text was changed after it wrote a link, and that link."""
    session: dict[str, object] = {}
    ATTENTION.read(session, {}, shelf)
    link = ATTENTION.link(session, "en", shelf, "me")
    ATTENTION.write(session, link)
    session["attention.text"] = "typed since"
    return session, link


def test_a_page_that_is_entered_reads_a_link_that_it_wrote_before(shelf):
    session, link = _typed_since(shelf)
    ATTENTION.write(session, ATTENTION.link(session, "en", shelf, "me"))
    TOKENS.read(session, {}, shelf)
    ATTENTION.read(session, link, shelf)
    assert session["attention.text"] == link["text"]


def test_an_address_that_is_forgotten_is_read_again(shelf):
    session, link = _typed_since(shelf)
    ATTENTION.forget(session)
    ATTENTION.read(session, link, shelf)
    assert session["attention.text"] == link["text"]


def test_going_back_brings_the_earlier_address(shelf):
    session: dict[str, object] = {}
    first = {"text": "first", "lang": "en"}
    ATTENTION.read(session, first, shelf)
    ATTENTION.read(session, {"text": "second", "lang": "en"}, shelf)
    ATTENTION.read(session, first, shelf)
    assert session["attention.text"] == "first"


def test_an_address_that_changed_wins_over_the_session(shelf):
    session: dict[str, object] = {}
    ATTENTION.read(session, {}, shelf)
    link = ATTENTION.link(session, "en", shelf, "me")
    session[ATTENTION.written_key] = link
    ATTENTION.read(session, {**link, "text": "pasted"}, shelf)
    assert session["attention.text"] == "pasted"


def test_another_language_brings_its_own_defaults_and_keeps_what_was_typed(shelf):
    session: dict[str, object] = {}
    TOKENS.read(session, {}, shelf)
    session["tokens.other"] = "typed"
    TOKENS.follow_language(session, "en")
    with speaking("zh"):
        TOKENS.read(session, {}, shelf)
    assert session["tokens.text"] == "这只动物没有过马路，因为它太累了。"
    assert session["tokens.other"] == "typed"


def test_steps_and_masks_go_with_the_text_that_they_stand_in(shelf):
    """A number of a token is another token to another model."""
    for state, names in ((GENERATION, ("steps", "at")), (MASKED, ("steps", "masks"))):
        session: dict[str, object] = {}
        state.read(session, {}, shelf)
        for name in names:
            session[state.key(name)] = "chosen"
        state.follow_language(session, "en")
        assert not {state.key(name) for name in names} & session.keys()
        state.read(session, {"text": "My own text.", "model": "my-own"}, shelf)
        session[state.key(names[0])] = "chosen"
        state.follow_language(session, "en")
        assert session[state.key(names[0])] == "chosen"


def test_a_name_that_was_not_declared_is_an_error():
    with pytest.raises(KeyError):
        TOKENS.key("colour")


def test_what_pages_hold_is_known_without_the_libraries_that_take_seconds():
    """So that the first page is not kept waiting for them."""
    code = "import sys, app.state; print('torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_methods_and_limits_named_again_are_those_of_core():
    assert set(TRAIN_METHODS) == set(get_args(Method))
    assert MAX_PENALTY == settings.MAX_PENALTY


def test_pages_that_were_not_opened_follow_a_language_too():
    session: dict[str, object] = {}
    for state in PAGE_STATES:
        state.follow_language(session, "en")
    assert session == {}
