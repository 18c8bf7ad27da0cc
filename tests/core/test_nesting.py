"""How deep a text is nested is known without parsing it."""

from __future__ import annotations

import pytest

from core.nesting import DEPTH, is_too_deep


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "- " * 20_000, "a: " + "{b: " * (DEPTH + 1), "  " + "? " * 500]
)
def test_what_would_take_a_parser_minutes_is_too_deep(text: str) -> None:
    assert is_too_deep(text)


@pytest.mark.parametrize(
    "text", ["", "[" * DEPTH, "{{ text }} " * 1_000, "] " * 100 + "[1]", "- a\n" * 1_000, "- - 1"]
)
def test_what_people_write_is_not(text: str) -> None:
    assert not is_too_deep(text)
