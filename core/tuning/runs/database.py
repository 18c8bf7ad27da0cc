"""``runs.db``: runs, their points, their facts, and the workers that are up.

SQLite in WAL mode through SQLAlchemy: many sessions read while one worker writes. Times are seconds
since 1970. Holds tables only; what they mean is known to the store and to the worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from core.database import open_database

FILE: Final = "runs.db"


class Base(DeclarativeBase):
    """The tables of ``runs.db``."""


class RunRow(Base):
    """One run. ``attempt`` is another for each time it is taken up; empty while nobody works."""

    __tablename__ = "runs"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    remark: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    device: Mapped[str] = mapped_column(String(16))
    spec: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), index=True)
    created: Mapped[float] = mapped_column(Float)
    queued: Mapped[float] = mapped_column(Float)
    started: Mapped[float | None] = mapped_column(Float)
    ended: Mapped[float | None] = mapped_column(Float)
    stop_asked: Mapped[bool] = mapped_column(default=False)
    step: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    attempt: Mapped[str] = mapped_column(String(16), default="")
    machine: Mapped[str] = mapped_column(String(200), default="")
    pid: Mapped[int] = mapped_column(default=0)
    process_started: Mapped[float] = mapped_column(Float, default=0.0)
    heartbeat: Mapped[float] = mapped_column(Float, default=0.0)
    memory_kills: Mapped[int | None]


class PointRow(Base):
    """One value of one curve. Values of one ``batch`` were written together; None is no number."""

    __tablename__ = "points"
    __table_args__ = (Index("points_by_batch", "run", "batch"), {"sqlite_with_rowid": False})

    run: Mapped[int] = mapped_column(ForeignKey("runs.number"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[float | None] = mapped_column(Float)
    batch: Mapped[int]


class NoteRow(Base):
    """A fact about a run, as JSON."""

    __tablename__ = "notes"

    run: Mapped[int] = mapped_column(ForeignKey("runs.number"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class WorkerRow(Base):
    """A worker from its start until it finds nothing more to do.

    ``starting`` is when it was started; 0 once it took a run.
    """

    __tablename__ = "workers"

    machine: Mapped[str] = mapped_column(String(200), primary_key=True)
    pid: Mapped[int] = mapped_column(primary_key=True)
    process_started: Mapped[float] = mapped_column(Float)
    starting: Mapped[float] = mapped_column(Float)


class RunDatabase:
    """The open database; one per process, safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._engine = open_database(path, Base.metadata)
        self._readers: Engine = self._engine.execution_options(reading=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment and waits for nobody."""
        with Session(self._readers) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """The one session that may write; what it did is kept at its end, or none of it."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()
