"""The interface in two languages."""

from __future__ import annotations

import ast
import io
import re
import threading
from contextvars import copy_context
from pathlib import Path

import pytest
from babel.messages import extract, pofile

from core import language
from core.language import LOCALES, _, speaking

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("app", "components", "core", "pages")
PLACEHOLDER = re.compile(r"\{(\w*)[^}]*\}")


def texts_in_the_code() -> set[str]:
    """Every text that is given to ``_`` or ``mark``, also inside f-strings."""
    found = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                    continue
                if node.func.id in {"_", "mark"} and isinstance(node.args[0], ast.Constant):
                    found.add(node.args[0].value)
    return found


def texts_that_are_extracted() -> set[str]:
    found = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            source = io.BytesIO(path.read_bytes())
            for _line, _function, message, _comments in extract.extract_python(
                source, ("_", "mark"), (), {}
            ):
                found.add(message if isinstance(message, str) else message[0])
    return found


def test_every_text_stands_where_the_extraction_finds_it():
    assert texts_in_the_code() - texts_that_are_extracted() == set()


@pytest.fixture(scope="module")
def chinese():
    with (LOCALES / "zh" / "LC_MESSAGES" / "headlight.po").open("rb") as lines:
        return pofile.read_po(lines, locale="zh", abort_invalid=True)


def test_every_text_of_the_interface_has_its_chinese(chinese):
    missing = {
        text for text in texts_in_the_code() if not (text in chinese and chinese[text].string)
    }
    assert missing == set()


def test_no_chinese_is_left_for_a_text_that_is_gone(chinese):
    assert {message.id for message in chinese if message.id} - texts_in_the_code() == set()


def test_both_languages_have_the_same_placeholders(chinese):
    for message in chinese:
        if message.id:
            assert sorted(PLACEHOLDER.findall(message.id)) == sorted(
                PLACEHOLDER.findall(message.string)
            ), message.id


def test_no_text_uses_the_words_the_tone_forbids():
    for text in texts_in_the_code():
        assert "!" not in text, text
        assert "simply" not in text.lower(), text
        assert "the model thinks" not in text.lower(), text


def test_the_resolver_decides_and_english_is_what_is_left(monkeypatch):
    monkeypatch.setattr(language, "_resolver", lambda: "zh")
    assert _("Home") == "首页"
    monkeypatch.setattr(language, "_resolver", lambda: "klingon")
    assert _("Home") == "Home"


def test_a_language_is_taken_along_into_a_thread():
    heard = []
    with speaking("zh"):
        context = copy_context()
    thread = threading.Thread(target=context.run, args=(lambda: heard.append(_("Home")),))
    thread.start()
    thread.join()
    assert heard == ["首页"]
    assert _("Home") == "Home"
