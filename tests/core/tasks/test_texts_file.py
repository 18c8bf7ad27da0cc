"""Texts that are pasted or uploaded: what is read, and what is said of the rest."""

from __future__ import annotations

import pytest

from core.errors import InputError
from core.tasks.texts_file import ROW_LIMIT, read_texts


def test_every_line_that_is_not_blank_is_a_text():
    assert read_texts(b"one\r\n\r\n two \n", "a.txt").texts == ("one", "two")


def test_the_obvious_column_of_a_csv_is_read():
    found = read_texts('id,Text\n1,它太累了\n2,"a, b"\n'.encode(), "a.csv")
    assert found.texts == ("它太累了", "a, b")
    assert found.column == "Text"


def test_a_table_of_one_column_needs_no_name():
    assert read_texts(b"first text\nsecond text\n", "a.csv").texts == ("first text", "second text")


def test_two_columns_are_read_where_both_are_named():
    found = read_texts(b"q\tp\nwho\tJo came.\n", "a.tsv", column="p", second="q")
    assert (found.texts, found.seconds) == (("Jo came.",), ("who",))


@pytest.mark.parametrize(
    ("data", "name", "column", "said"),
    [
        (b"a", "a.pdf", "", "none of the files that are read"),
        (b"", "a.txt", "", "is empty"),
        (b"x,y\n1,2\n", "a.csv", "", "no column called text"),
        (b"x,y\n1,2\n", "a.csv", "z", "no column “z”: name one of its columns (x, y)"),
        (b"text,y\n", "a.csv", "", "nothing under it"),
        (b"\xff\x00\x01", "a.txt", "", "no text file"),
        (b"a\n" * (ROW_LIMIT + 1), "a.txt", "", "50,001 texts, the limit is 50,000"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(data, name, column, said):
    with pytest.raises(InputError, match=said.replace("(", r"\(").replace(")", r"\)")):
        read_texts(data, name, column=column)
