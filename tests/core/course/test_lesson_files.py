"""Lessons as files: what is read, and what is refused in one sentence."""

from __future__ import annotations

import pytest
import yaml

from core.course import LESSON_BYTES, built_in_lessons, read_lesson, write_lesson
from core.course.lesson import WORDS, count_words
from core.errors import InputError
from core.language import LANGUAGES, speaking

PLAIN = {
    "title": {"en": "A title"},
    "opens": {"page": "tokens", "state": {"text": "hello", "layer": 3}},
    "guess": {"question": "How many?", "choices": ["one", "two"], "right": 1},
    "insight": "A short insight.",
    "question": "How many are there?",
    "answers": [{"label": "count", "value": 2, "tolerance": 0.1}],
    "hint": "Count.",
    "reveal": "Two.",
}


def written(**changes: object) -> bytes:
    return yaml.safe_dump({**PLAIN, **changes}, allow_unicode=True).encode()


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_lesson(data, "mine.yaml")
    said = str(caught.value)
    assert said.startswith("mine.yaml")
    assert "\n" not in said
    return said


def test_twelve_lessons_are_whole_in_both_languages() -> None:
    lessons = built_in_lessons()
    assert len({lesson.id for lesson in lessons}) == len(lessons) == 12
    for lesson in lessons:
        assert set(lesson.languages) == set(LANGUAGES)
        assert all(set(answer.label.texts) == set(LANGUAGES) for answer in lesson.answers)


def test_a_lesson_comes_back_from_its_file() -> None:
    for lesson in built_in_lessons():
        assert read_lesson(write_lesson(lesson), "x.yaml") == lesson


def test_a_text_without_languages_is_said_in_every_one() -> None:
    lesson = read_lesson(written(), "mine.yaml")
    with speaking("zh"):
        assert str(lesson.hint) == "Count."
        assert str(lesson.title) == "A title"
    assert lesson.opens.link() == {"text": "hello", "layer": "3"}
    assert lesson.id.startswith("own-")


def test_an_answer_is_taken_within_its_tolerance() -> None:
    (answer,) = read_lesson(written(), "mine.yaml").answers
    assert answer.takes(2.1)
    assert not answer.takes(2.11)


@pytest.mark.parametrize("field", ["title", "opens", "insight", "question", "answers", "hint"])
def test_a_missing_text_is_named(field: str) -> None:
    assert f"{field} is missing" in refused(written(**{field: None}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"insight": "<script>alert(1)</script>"}, "HTML"),
        ({"reveal": "see <img src=x onerror=alert(1)>"}, "HTML"),
        ({"guess": {"question": "<b>?", "choices": ["a", "b"], "right": 0}}, "HTML"),
        ({"insight": "word " * (WORDS + 1)}, "61 words, the limit is 60"),
        ({"reveal": "x" * 900}, "900 characters, the limit is 800"),
        ({"title": {"fr": "Bonjour"}}, "a language fr"),
        ({"title": [1, 2]}, "title is missing"),
        ({"answers": "two"}, "answers must be a list"),
        ({"answers": [{"label": "n", "value": "many"}]}, "answers.value must be a number"),
        ({"answers": [{"label": "n", "value": float("nan")}]}, "An answer is a number"),
        ({"guess": {"question": "?", "choices": ["a"], "right": 0}}, "1 choices"),
        ({"guess": {"question": "?", "choices": ["a", "b"], "right": 2}}, "number 2"),
        ({"opens": {"state": {}}}, "opens.page is missing"),
        ({"opens": {"page": "tokens", "state": {"text": [1]}}}, "opens.state.text"),
        ({"opens": {"page": "tokens", "state": {"<b>": "1"}}}, "no parameter of a page"),
        ({"colour": "red"}, "a field colour"),
        ({"id": "../etc"}, "The id ../etc"),
    ],
)
def test_what_no_lesson_holds_is_refused(changes: dict, said: str) -> None:
    assert said in refused(written(**changes))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x" * (LESSON_BYTES + 1), "at most 64,000"),
        (b"\x89PNG\r\n", "no text file"),
        (b"[" * 20_000, "no YAML"),
        (b"title: [", "at line 1"),
        (b"- a\n- b", "names and values"),
        (b"", "names and values"),
        (b"a: &x 1\nb: *x", "references"),
        (b"!!python/object/apply:os.system ['true']", "no YAML that a lesson may hold"),
        (b"title: !!python/name:os.system", "no YAML that a lesson may hold"),
    ],
)
def test_files_that_are_no_lessons_are_refused(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_two_chinese_characters_count_as_a_word() -> None:
    assert count_words("模型看到的不是词。") == 4
    assert count_words("A model, it's 13,307 tokens.") == 5
