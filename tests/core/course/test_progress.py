"""What browsers have done, and the lessons of a server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.course import CourseRecords, LessonProgress, built_in_lessons
from core.course import progress as tables
from core.errors import InputError
from core.records import Records


@pytest.fixture
def course(tmp_path):
    records = Records(tmp_path / "headlight.db")
    yield CourseRecords(records)
    records.close()


def test_progress_is_kept_for_each_browser(course):
    course.keep("me", "pieces", LessonProgress(guess=1))
    course.keep("me", "sink", LessonProgress())
    course.keep("me", "pieces", LessonProgress(guess=1, done=True))
    assert course.progress("me") == {
        "sink": LessonProgress(),
        "pieces": LessonProgress(guess=1, done=True),
    }
    assert list(course.progress("me")) == ["sink", "pieces"]
    assert course.progress("you") == {}


def test_the_open_lesson_is_that_of_the_browser(course):
    assert course.opened("me") is None
    course.open("me", "pieces")
    course.open("me", "sink")
    assert course.opened("me") == "sink"
    assert course.opened("you") is None
    course.open("me", None)
    assert course.opened("me") is None


def test_lessons_that_a_teacher_wrote_are_kept_and_deleted(course, monkeypatch):
    lesson = replace(built_in_lessons()[0], id="own-1")
    course.save_lesson(lesson)
    course.save_lesson(replace(lesson, hint=lesson.reveal))
    assert course.own_lessons() == (replace(lesson, hint=lesson.reveal),)
    monkeypatch.setattr(tables, "MOST_LESSONS", 1)
    with pytest.raises(InputError, match="keeps 1 lessons"):
        course.save_lesson(replace(lesson, id="own-2"))
    course.delete_lesson("own-1")
    assert course.own_lessons() == ()
