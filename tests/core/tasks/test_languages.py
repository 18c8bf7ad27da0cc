"""A guess at the language of a text: enough to say what a model does not know."""

from __future__ import annotations

import pytest

from core.tasks import find_task
from core.tasks.languages import known_languages, language_note, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The film is not what it was.", "en"),
        ("Great!", ""),
        ("这部电影很好看。", "zh"),
        ("这部 BERT 电影很好看。", "zh"),
        ("Le chat est assis sur le tapis.", "fr"),
        ("Der Film ist nicht sehr gut.", "de"),
        ("Это очень хороший фильм.", "ru"),
        ("これはとても良い映画です。", "ja"),
        ("1234 !?", ""),
        ("", ""),
    ],
)
def test_the_language_of_a_text_is_guessed(text, language):
    assert language_of(text) == language


def test_a_language_that_a_model_does_not_know_is_said():
    assert "Chinese" in language_note("这部电影很好看。", ("en",))
    assert language_note("这部电影很好看。", ("en", "zh")) == ""
    assert language_note("Great!", ("en",)) == ""


def test_another_model_than_the_tasks_own_may_know_other_languages():
    task = find_task("sentiment")
    assert known_languages("minilm-l6", task) == ("en",)
    assert "zh" in known_languages("qwen3-0.6b", task)
    assert known_languages("some/folder", task) == ()
