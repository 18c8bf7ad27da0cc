"""Lesson 10 says what the project recorded of a prompt over 1,000 rows."""

from __future__ import annotations

import pytest

from core.course import built_in_lessons
from core.prompts.recorded import recorded

CELLS = ("review-causal", "review-causal-8")


def test_the_lesson_says_what_was_recorded():
    lesson = next(each for each in built_in_lessons() if each.id == "more-examples")
    found = recorded()
    assert found is not None
    for answer, cell in zip(lesson.answers, CELLS, strict=True):
        evaluation = found.evaluations[cell].before
        assert evaluation.labelled == 1_000
        assert answer.value == pytest.approx(100 * evaluation.accuracy, abs=0.051)


def test_the_lesson_opens_the_prompt_that_was_recorded():
    lesson = next(each for each in built_in_lessons() if each.id == "more-examples")
    found = recorded()
    assert found is not None
    cell = found.cells[CELLS[0]]
    link = lesson.opens.link()
    assert (link["model"], link["template"], link["words"]) == (
        cell.model,
        cell.template,
        cell.words,
    )
