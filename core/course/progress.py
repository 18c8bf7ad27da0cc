"""What a browser has done of the course, and the lessons that teachers of this server wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import DateTime, Integer, LargeBinary, String, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Mapped, mapped_column

from core.course.file import read_lesson, write_lesson
from core.course.lesson import Lesson
from core.errors import InputError
from core.language import _
from core.records import Base, Records

MOST_LESSONS: Final = 200
"""That teachers wrote, on one server."""


class _ProgressRow(Base):
    """How far a browser is in a lesson."""

    __tablename__ = "lesson_progress"

    identity: Mapped[str] = mapped_column(String(64), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(40), primary_key=True)
    guess: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer)
    changed: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class _OpenRow(Base):
    """The lesson that stands beside a browser's pages."""

    __tablename__ = "open_lessons"

    identity: Mapped[str] = mapped_column(String(64), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(40))


class _OwnRow(Base):
    """A lesson that a teacher wrote, as its file."""

    __tablename__ = "own_lessons"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonProgress:
    """The ``guess`` that was made, None before it, and whether the answer was found."""

    guess: int | None = None
    done: bool = False


class CourseRecords:
    """The tables of the course in the database; safe to share between threads."""

    def __init__(self, records: Records) -> None:
        self._records = records
        records.make_tables()

    def progress(self, identity: str) -> dict[str, LessonProgress]:
        """Of every lesson that the browser has begun, by its id; the one begun last comes last."""
        rows = select(_ProgressRow).where(_ProgressRow.identity == identity)
        with self._records.reading() as session:
            return {
                row.lesson: LessonProgress(
                    guess=None if row.guess < 0 else row.guess, done=bool(row.done)
                )
                for row in session.scalars(rows.order_by(_ProgressRow.changed))
            }

    def keep(self, identity: str, lesson: str, progress: LessonProgress) -> None:
        """Note how far the browser is in a lesson."""
        values = {
            "guess": -1 if progress.guess is None else progress.guess,
            "done": int(progress.done),
            "changed": datetime.now(UTC),
        }
        row = insert(_ProgressRow).values(identity=identity, lesson=lesson, **values)
        with self._records.writing() as session:
            session.execute(
                row.on_conflict_do_update(index_elements=["identity", "lesson"], set_=values)
            )

    def opened(self, identity: str) -> str | None:
        """The lesson that stands beside the browser's pages."""
        with self._records.reading() as session:
            row = session.get(_OpenRow, identity)
            return None if row is None else row.lesson

    def open(self, identity: str, lesson: str | None) -> None:
        """Note which lesson stands beside the pages; None for none."""
        with self._records.writing() as session:
            session.execute(delete(_OpenRow).where(_OpenRow.identity == identity))
            if lesson is not None:
                session.add(_OpenRow(identity=identity, lesson=lesson))

    def own_lessons(self) -> tuple[Lesson, ...]:
        """The lessons that teachers wrote, the oldest first."""
        with self._records.reading() as session:
            rows = session.scalars(select(_OwnRow).order_by(_OwnRow.created)).all()
            return tuple(read_lesson(row.content, row.id) for row in rows)

    def save_lesson(self, lesson: Lesson) -> None:
        """Keep a lesson that a teacher wrote, in place of one with its id.

        Raises InputError above ``MOST_LESSONS``.
        """
        content, now = write_lesson(lesson), datetime.now(UTC)
        row = insert(_OwnRow).values(id=lesson.id, content=content, created=now)
        with self._records.writing() as session:
            ids = session.scalars(select(_OwnRow.id)).all()
            if lesson.id not in ids and len(ids) >= MOST_LESSONS:
                raise InputError(
                    _("This server keeps {limit} lessons: delete one first.").format(
                        limit=MOST_LESSONS
                    )
                )
            session.execute(
                row.on_conflict_do_update(index_elements=["id"], set_={"content": content})
            )

    def delete_lesson(self, lesson: str) -> None:
        """Forget a lesson that a teacher wrote."""
        with self._records.writing() as session:
            session.execute(delete(_OwnRow).where(_OwnRow.id == lesson))
