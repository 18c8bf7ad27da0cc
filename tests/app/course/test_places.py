"""Where lessons lead, and what people type as an answer."""

from __future__ import annotations

import pytest

from app.course import places
from app.course.places import check_place
from app.course.words import read_number, shown_number, shown_text
from app.state import COURSE, PAGE_STATES
from core.course import Opening, built_in_lessons
from core.errors import InputError, LinkError


@pytest.mark.parametrize("lesson", built_in_lessons(), ids=lambda each: each.id)
def test_a_lesson_opens_a_page_that_takes_every_value(lesson):
    check_place(lesson.opens)


@pytest.mark.parametrize(
    ("opens", "said"),
    [
        (Opening(page="nowhere", state={}), "nowhere is no page"),
        (Opening(page="course", state={}), "course is no page"),
        (Opening(page="https://example.org/tokens", state={}), "is no page"),
        (Opening(page="tokens", state={"colour": "red"}), "has no colour"),
        (Opening(page="attention", state={"layer": "x"}), "layer=x"),
        (Opening(page="attention", state={}, own={"zh": {"tab": "none"}}), "tab=none"),
    ],
)
def test_a_place_that_is_not_there_is_named(opens, said):
    with pytest.raises(LinkError, match=said):
        check_place(opens)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.68", 0.68),
        (".68", 0.68),
        (" 68 % ", 68),
        ("13,307", 13307),
        ("0,68", 0.68),
        ("−1.726", -1.726),
        ("１３", 13),
        ("1e-3", 0.001),
    ],
)
def test_numbers_are_read_as_people_type_them(text, number):
    assert read_number(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "many", "1/2", "nan", "inf", "1" * 50, "0x10", "1;2"])
def test_what_is_no_number_is_named(text):
    with pytest.raises(InputError, match="is no number"):
        read_number(text)


def test_a_text_is_plain_but_for_bold():
    assert shown_text("**q · k** and *x*") == r"**q · k** and \*x\*"
    assert shown_text("a ** b") == r"a \*\* b"
    assert "<" not in shown_text("<b>").replace(r"\<", "")
    assert shown_number(13307) == "13,307"
    assert shown_number(0.677) == "0.677"


@pytest.mark.parametrize("state", PAGE_STATES, ids=lambda each: each.page)
def test_any_page_can_be_made_to_read_its_address_anew(monkeypatch, state):
    """A class may be shown every page, the course too, which no lesson opens."""
    session = {state.written_key: {"lang": "en"}, COURSE.key("lesson"): "kept"}
    monkeypatch.setattr(places.st, "session_state", session)
    places.forget_address(state.page)
    assert session == {COURSE.key("lesson"): "kept"}
