"""The twelve lessons that come with Headlight, in the order of their files' names."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from core.course.file import read_lesson
from core.course.lesson import Lesson

LESSONS: Final = Path(__file__).resolve().parents[2] / "lessons"


@cache
def built_in_lessons() -> tuple[Lesson, ...]:
    """All of them, read once."""
    return tuple(
        read_lesson(file.read_bytes(), file.name) for file in sorted(LESSONS.glob("*.yaml"))
    )
