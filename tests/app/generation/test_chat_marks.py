"""The string of a chat in stretches, and as Markdown that acts on nothing people wrote."""

from __future__ import annotations

import pytest

from app.generation.chat.marks import Part, last_parts, marked, on_colour, parts, roles
from core.generation import ChatMessage, chat_prompt
from core.models import load_model
from tests.app.generation.chat_models import make_chat_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load_model(str(make_chat_model(tmp_path_factory.mktemp("chat"))))


def _prompt(model, *texts, system=None):
    sides = ("user", "assistant")
    messages = [ChatMessage(role=sides[n % 2], text=text) for n, text in enumerate(texts)]
    return chat_prompt(model, messages, system=system)


def test_the_stretches_joined_are_the_string_and_each_message_is_one(model):
    prompt = _prompt(model, "One two", "three", "four", system="five")
    found = parts(prompt)
    assert "".join(part.text for part in found) == prompt.text
    assert [(part.role, part.text) for part in found if part.role] == [
        ("system", "five"),
        ("user", "One two"),
        ("assistant", "three"),
        ("user", "four"),
    ]
    assert {part.text for part in found if part.special} == {"<|begin|>", "<|end|>"}


def test_a_special_token_that_was_typed_is_part_of_the_message(model):
    found = parts(_prompt(model, "a <|end|> b"))
    assert Part(text="a <|end|> b", role="user") in found
    assert sum(part.special for part in found) == 3


def test_every_token_of_a_message_belongs_to_its_side(model):
    prompt = _prompt(model, "这只动物")
    own = [text for text, role in zip(prompt.tokens.texts, roles(prompt), strict=True) if role]
    assert "".join(own) == "这只动物"


def test_of_a_long_string_the_end_is_kept():
    found = (Part(text="abc", role="user"), Part(text="<s>", special=True), Part(text="def"))
    assert last_parts(found, 7) == (Part(text="c", role="user"), *found[1:])
    assert last_parts(found, 3) == found[2:]
    assert last_parts(found, 99) == found


def test_line_ends_are_seen_and_no_line_is_empty():
    assert marked((Part(text="a\n\nb"),)) == "a↵  \n↵  \nb"
    assert marked(()) == " "


@pytest.mark.parametrize("sign", list("\\`*_{}[]()#+-.!|<>~$:="))
def test_no_sign_is_acted_on(sign):
    assert f"\\{sign}" in marked((Part(text=f"x{sign}y", role="user"),))


@pytest.mark.parametrize("text", ["https://example.com", "www.example.com", "me@example.com"])
def test_an_address_is_no_link(text):
    shown = on_colour("user", text).replace("\\", "")
    assert text not in shown
    assert text in shown.replace("\u2060", "")


def test_entities_and_spaces_stay_what_they_are():
    assert marked((Part(text="&lt;"),)) == "\\&lt;"
    assert marked((Part(text="    a  b"),)) == "\u00a0 \u00a0 a\u00a0 b"
