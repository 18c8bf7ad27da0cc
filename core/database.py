"""Opens the SQLite files under ``HEADLIGHT_HOME``, through SQLAlchemy: many read while one writes.

Knows no table; who opens a file says which belong in it.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import URL, MetaData, create_engine, event, inspect
from sqlalchemy.engine import Connection, Engine

_BUSY: Final = 10  # seconds a writer waits for another


def open_database(path: Path, tables: MetaData) -> Engine:
    """The file at ``path`` with ``tables`` in it; both are made where they are missing.

    A connection with the option ``reading=True`` waits for nobody; any other takes the one place
    of a writer when it begins.
    """
    engine = create_engine(
        # Not as text: "%20" and "?" in a path are no signs of an address.
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    # Who finds its tables there waits for no writer, who may be busy or halted.
    with engine.connect().execution_options(reading=True) as connection:
        there = set(inspect(connection).get_table_names())
    if not there.issuperset(tables.tables):
        with engine.begin() as connection:  # two processes may come first at once
            tables.create_all(connection)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Write-ahead logging: readers never wait; a killed process loses nothing that was said."""
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, in `_begin`
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writer takes the lock at once: taking it later can fail where waiting would not."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
