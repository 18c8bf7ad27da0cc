"""The database under ``HEADLIGHT_HOME``: stored experiments (long links) and known model folders.

SQLite in WAL mode through SQLAlchemy, so that many sessions read while one writes. Knows no
session and no page: an experiment is a mapping of text to text, named by its content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import DateTime, Integer, String, Text, delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from core import storage
from core.database import open_database
from core.errors import InputError
from core.language import _

EXPERIMENT_LIMIT: Final = 1_000_000
"""The most bytes one stored experiment may take."""
LARGE_EXPERIMENT: Final = 10_000
OWNER_LIMIT: Final = 100_000_000
"""Characters of all large experiments of one owner; the oldest give way. A text of a megabyte that
is edited is stored at every change."""
ID_LENGTH: Final = 12


class Base(DeclarativeBase):
    """The tables of ``headlight.db``."""


class Experiment(Base):
    """What a long link stands for."""

    __tablename__ = "experiments"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class KnownFolder(Base):
    """A model folder or hub name that a teacher has opened, so that links to it work."""

    __tablename__ = "known_models"

    name: Mapped[str] = mapped_column(String(1024), primary_key=True)
    added: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Opening(Base):
    """How often somebody looked at the rows of a table that are kept for testing."""

    __tablename__ = "openings"

    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(256), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class Records:
    """The open database; one per process, safe to share between threads."""

    def __init__(self, path: Path | None = None) -> None:
        self._engine = open_database(path or storage.home() / "headlight.db", Base.metadata)
        self._reading = self._engine.execution_options(reading=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for tables that are declared elsewhere: it only reads, and waits for nobody."""
        with Session(self._reading) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are kept together at its end, or not at all."""
        with Session(self._engine) as session, session.begin():
            yield session

    def make_tables(self) -> None:
        """Make the tables that were declared since the database was opened."""
        with self._engine.begin() as connection:  # two processes may come first at once
            Base.metadata.create_all(connection)

    def save_experiment(self, state: Mapping[str, str], *, owner: str) -> str:
        """Store ``state`` and return its id; equal states have equal ids.

        Raises ``InputError`` above ``EXPERIMENT_LIMIT`` bytes.
        """
        text = json.dumps(dict(sorted(state.items())), ensure_ascii=False, separators=(",", ":"))
        content = text.encode()
        if len(content) > EXPERIMENT_LIMIT:
            raise InputError(
                _(
                    "Too long for a link: {size} bytes, the limit is {limit}. Shorten the text."
                ).format(size=len(content), limit=EXPERIMENT_LIMIT)
            )
        name = hashlib.sha256(content).hexdigest()[:ID_LENGTH]
        row = insert(Experiment).values(id=name, owner=owner, state=text, created=datetime.now(UTC))
        with Session(self._engine) as session, session.begin():
            made = session.execute(row.on_conflict_do_nothing().returning(Experiment.id))
            if made.first() is not None and len(content) > LARGE_EXPERIMENT:
                _forget_oldest(session, owner)
        return name

    def load_experiment(self, name: str) -> dict[str, str] | None:
        """The state stored under ``name``, or None where there is none."""
        with Session(self._reading) as session:
            found = session.get(Experiment, name)
            return None if found is None else dict(json.loads(found.state))

    def remember_model(self, name: str) -> None:
        """Let links name the model ``name`` (a hub name or a folder) from now on."""
        row = insert(KnownFolder).values(name=name, added=datetime.now(UTC))
        with Session(self._engine) as session, session.begin():
            session.execute(row.on_conflict_do_nothing())

    def forget_model(self, name: str) -> None:
        """Let links no longer name the model ``name``."""
        with Session(self._engine) as session, session.begin():
            found = session.get(KnownFolder, name)
            if found is not None:
                session.delete(found)

    def known_models(self) -> tuple[str, ...]:
        """Hub names and folders that a teacher has opened, in the order they were added."""
        with Session(self._reading) as session:
            return tuple(session.scalars(select(KnownFolder.name).order_by(KnownFolder.added)))

    def open_test_rows(self, name: str, *, owner: str) -> int:
        """Count that ``owner`` looks at the test rows of the table ``name``; how often by now."""
        row = insert(Opening).values(owner=owner, name=name[:256], count=1)
        more = row.on_conflict_do_update(
            index_elements=["owner", "name"], set_={"count": Opening.count + 1}
        )
        with Session(self._engine) as session, session.begin():
            session.execute(more)
        return self.test_rows_opened(name, owner=owner)

    def test_rows_opened(self, name: str, *, owner: str) -> int:
        """How often ``owner`` looked at the test rows of the table ``name``."""
        with Session(self._reading) as session:
            found = session.get(Opening, (owner, name[:256]))
            return 0 if found is None else found.count

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


def _forget_oldest(session: Session, owner: str) -> None:
    """Let the oldest large experiments of ``owner`` go until the others are within the limit."""
    size = func.length(Experiment.state)
    own = select(Experiment.id, size).where(Experiment.owner == owner, size > LARGE_EXPERIMENT)
    left = OWNER_LIMIT
    for name, taken in session.execute(own.order_by(Experiment.created.desc(), Experiment.id)):
        left -= taken
        if left < 0:
            session.execute(delete(Experiment).where(Experiment.id == name))
