"""The course: lessons as data, read, checked and written, and what a browser has done of them.

A lesson opens a page in a prepared state; which pages there are, the app knows.
"""

from core.course.built_in import built_in_lessons
from core.course.file import LESSON_BYTES, read_lesson, write_lesson
from core.course.lesson import Answer, Guess, Lesson, LocalText, Opening
from core.course.progress import CourseRecords, LessonProgress

__all__ = [
    "LESSON_BYTES",
    "Answer",
    "CourseRecords",
    "Guess",
    "Lesson",
    "LessonProgress",
    "LocalText",
    "Opening",
    "built_in_lessons",
    "read_lesson",
    "write_lesson",
]
