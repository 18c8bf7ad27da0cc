"""The answers that the lessons expect, recomputed from the pinned weights."""

from __future__ import annotations

import pytest

from core.course import built_in_lessons
from core.course.measuring import MEASURES, measure
from core.language import LANGUAGES, speaking

pytestmark = pytest.mark.slow


@pytest.mark.models
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "lesson", [each for each in built_in_lessons() if each.id in MEASURES], ids=lambda each: each.id
)
def test_a_lesson_expects_what_the_weights_give(lesson, language):
    with speaking(language):
        measured = measure(lesson)
        assert len(measured) == len(lesson.answers)
        for answer, found in zip(lesson.answers, measured, strict=True):
            half = max(answer.tolerance / 2, 0.0006)
            assert found == pytest.approx(answer.value, abs=half), str(answer.label)
