"""Opening a database: tables are made once, and who finds them there waits for nobody."""

from __future__ import annotations

import sqlite3
import time

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, text

from core.database import open_database


def _tables() -> MetaData:
    tables = MetaData()
    Table("things", tables, Column("id", Integer, primary_key=True))
    return tables


def test_it_opens_while_a_writer_is_halted(tmp_path):
    path = tmp_path / "some.db"
    open_database(path, _tables()).dispose()
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    start = time.monotonic()
    engine = open_database(path, _tables())
    with engine.connect().execution_options(reading=True) as connection:
        assert connection.execute(text("SELECT count(*) FROM things")).scalar_one() == 0
    assert time.monotonic() - start < 5  # a writer would have waited ten seconds, and failed
    engine.dispose()
    writer.close()


@pytest.mark.parametrize("name", ["a b", "feature%2Fx", "why?", "a#b", "中文"])
def test_a_folder_may_be_called_anything(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    open_database(folder / "some.db", _tables()).dispose()
    assert (folder / "some.db").is_file()


def test_tables_that_are_new_are_added(tmp_path):
    path = tmp_path / "some.db"
    open_database(path, _tables()).dispose()
    more = _tables()
    Table("others", more, Column("id", Integer, primary_key=True))
    engine = open_database(path, more)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO others (id) VALUES (1)"))
    engine.dispose()
