"""What of a class outlives a restart of the server: its code, what it shows, and the answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Float, String, Text, delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Mapped, mapped_column

from core.records import Base, Records

QUESTION_LIMIT: Final = 300
"""Characters of a question or an answer; more are cut."""


class ClassRow(Base):
    """An open class."""

    __tablename__ = "classes"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    expires: Mapped[float] = mapped_column(Float)
    page: Mapped[str] = mapped_column(String(40), default="")
    link: Mapped[str] = mapped_column(Text, default="{}")
    question: Mapped[str] = mapped_column(Text, default="{}")


class AnswerRow(Base):
    """What one member of a class answered last to one question."""

    __tablename__ = "answers"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    question: Mapped[str] = mapped_column(String(QUESTION_LIMIT), primary_key=True)
    member: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(QUESTION_LIMIT))
    answer: Mapped[str] = mapped_column(String(QUESTION_LIMIT))
    given: Mapped[float] = mapped_column(Float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A class as it is stored."""

    code: str
    owner: str
    expires: float
    page: str = ""
    link: Mapping[str, str] = field(default_factory=dict)
    question: Mapping[str, object] = field(default_factory=dict)


class ClassTable:
    """The tables ``classes`` and ``answers`` of the database."""

    def __init__(self, records: Records) -> None:
        self._records = records
        records.make_tables()

    def save(self, kept: Kept) -> None:
        """Store a class, or what became of it."""
        values = {
            "code": kept.code,
            "owner": kept.owner,
            "expires": kept.expires,
            "page": kept.page,
            "link": json.dumps(dict(kept.link), ensure_ascii=False),
            "question": json.dumps(dict(kept.question), ensure_ascii=False),
        }
        row = insert(ClassRow).values(values)
        changed = {name: value for name, value in values.items() if name != "code"}
        with self._records.writing() as session:
            session.execute(row.on_conflict_do_update(index_elements=["code"], set_=changed))

    def find(self, code: str) -> Kept | None:
        """The class of a code, expired or not; None where there is none."""
        with self._records.reading() as session:
            found = session.get(ClassRow, code)
            return None if found is None else _kept(found)

    def owned(self, owner: str, now: float) -> str | None:
        """The code of the class that ``owner`` has open, the newest."""
        asked = select(ClassRow.code).where(ClassRow.owner == owner, ClassRow.expires > now)
        with self._records.reading() as session:
            return session.scalars(asked.order_by(ClassRow.expires.desc())).first()

    def count(self, now: float) -> int:
        """How many classes are open."""
        asked = select(func.count()).select_from(ClassRow).where(ClassRow.expires > now)
        with self._records.reading() as session:
            return int(session.scalar(asked) or 0)

    def forget(self, codes_before: float, *, code: str = "") -> None:
        """Delete what expired before a moment, or one class; the answers too."""
        chosen = ClassRow.code == code if code else ClassRow.expires < codes_before
        gone = select(ClassRow.code).where(chosen)
        with self._records.writing() as session:
            session.execute(delete(AnswerRow).where(AnswerRow.code.in_(gone)))
            session.execute(delete(ClassRow).where(chosen))

    def answer(
        self, *, code: str, question: str, title: str, member: str, answer: str, now: float
    ) -> None:
        """Keep an answer; of one member to one question the last counts."""
        row = insert(AnswerRow).values(
            code=code,
            question=question[:QUESTION_LIMIT],
            member=member,
            title=title[:QUESTION_LIMIT],
            answer=answer[:QUESTION_LIMIT],
            given=now,
        )
        again = {"title": row.excluded.title, "answer": row.excluded.answer, "given": now}
        keys = ["code", "question", "member"]
        with self._records.writing() as session:
            session.execute(row.on_conflict_do_update(index_elements=keys, set_=again))

    def questions(self, code: str, most: int) -> list[tuple[str, str]]:
        """(id, title) of the questions that were answered, the latest answer first."""
        asked = (
            select(AnswerRow.question, func.max(AnswerRow.title))
            .where(AnswerRow.code == code)
            .group_by(AnswerRow.question)
            .order_by(func.max(AnswerRow.given).desc())
        )
        with self._records.reading() as session:
            return [(row[0], row[1]) for row in session.execute(asked.limit(most))]

    def spread(self, code: str, question: str) -> list[tuple[str, int]]:
        """Answers and how many gave each, the most frequent first."""
        count = func.count()
        asked = (
            select(AnswerRow.answer, count)
            .where(AnswerRow.code == code, AnswerRow.question == question)
            .group_by(AnswerRow.answer)
            .order_by(count.desc(), AnswerRow.answer)
        )
        with self._records.reading() as session:
            return [(row[0], int(row[1])) for row in session.execute(asked)]


def _kept(row: ClassRow) -> Kept:
    return Kept(
        code=row.code,
        owner=row.owner,
        expires=row.expires,
        page=row.page,
        link=dict(json.loads(row.link)),
        question=dict(json.loads(row.question)),
    )
