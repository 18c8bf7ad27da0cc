"""A lesson as it is written in the form, and the links that are pasted there."""

from __future__ import annotations

import types

import pytest

from app.course import places, writing
from app.course.state import LINK_KEY, RIGHT_KEY, text_key
from core.course import read_lesson, write_lesson
from core.errors import InputError, LinkError

TEXTS = {
    "title": "Unknown pieces",
    "guess": "How many?",
    "choices": "none\n\nall",
    "insight": "A **vocabulary** limits sight.",
    "question": "How many pieces are unknown?",
    "answers": "unknown = 2 ± 0.5\nshare = 68 %",
    "hint": "Count them.",
    "reveal": "Both.",
}


@pytest.fixture
def session(monkeypatch):
    held = {LINK_KEY: "http://here:8501/tokens?first=minilm-l6&text=a+b&lang=zh", RIGHT_KEY: 2}
    held |= {text_key(field, "en"): text for field, text in TEXTS.items()}
    fake = types.SimpleNamespace(
        session_state=held, context=types.SimpleNamespace(url="http://here:8501/course")
    )
    monkeypatch.setattr(writing, "st", fake)
    monkeypatch.setattr(places, "st", fake)
    return held


def test_the_form_makes_a_lesson_that_its_file_keeps(session):
    lesson = writing.written_lesson()
    assert lesson.languages == ("en",)
    assert lesson.opens.page == "tokens"
    assert dict(lesson.opens.state) == {"first": "minilm-l6", "text": "a b"}
    assert [str(choice) for choice in lesson.guess.choices] == ["none", "all"]
    assert lesson.guess.right == 1
    assert [(answer.value, answer.tolerance) for answer in lesson.answers] == [(2, 0.5), (68, 0)]
    assert read_lesson(write_lesson(lesson), "x.yaml") == lesson


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("hint", "", "hint · English is missing"),
        ("answers", "two", "“two” is no answer"),
        ("answers", "n = many", "“many” is no number"),
        ("insight", "<script>", "HTML"),
        ("choices", "one", "1 choices"),
    ],
)
def test_what_is_missing_or_wrong_in_the_form_is_named(session, field, text, said):
    session[text_key(field, "en")] = text
    with pytest.raises(InputError, match=said):
        writing.written_lesson()


def test_two_languages_have_as_many_lines(session):
    session.update({text_key(field, "zh"): text for field, text in TEXTS.items()})
    session[text_key("choices", "zh")] = "一\n二\n三"
    with pytest.raises(InputError, match="same number of lines"):
        writing.written_lesson()


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("https://example.org/tokens?text=a", "outside of this server"),
        ("//example.org/tokens", "outside of this server"),
        ("javascript:alert(1)", "outside of this server"),
        ("/nowhere?text=a", "nowhere is no page"),
        ("/tokens?colour=red", "has no colour"),
        (" ", "is missing: paste a link"),
    ],
)
def test_a_link_that_leads_elsewhere_is_refused(session, link, said):
    with pytest.raises(LinkError, match=said):
        places.read_link(link)
