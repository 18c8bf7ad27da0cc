"""Uploaded files as tables: what is read, and one sentence for whatever is refused."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import tracemalloc
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import InputError
from core.tuning.labelled import parquet, tables, uploads
from core.tuning.labelled.files import read_file
from core.tuning.labelled.uploads import store_upload, upload_path


@pytest.fixture
def read(tmp_path):
    def read_data(data, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_file(path, name)

    return read_data


@pytest.fixture
def problem(read):
    def said(data, name="a.csv"):
        with pytest.raises(InputError) as caught:
            list(read(data, name).rows)
        assert "\n" not in str(caught.value)
        assert name in str(caught.value)
        return str(caught.value)

    return said


def test_the_rows_of_a_csv_are_numbered_as_a_spreadsheet_counts(read):
    table = read('text,label\n"two\nlines",a\n\nthree,b\nfour\n')
    assert table.columns == ("text", "label")
    assert list(table.rows) == [(2, ("two\nlines", "a")), (4, ("three", "b")), (5, ("four", ""))]


def test_tabs_semicolons_and_chinese_encodings_are_read(read):
    assert list(read("text\tlabel\na, b;\tx\n", "a.tsv").rows) == [(2, ("a, b;", "x"))]
    assert list(read("text;label\na, b;x\n").rows) == [(2, ("a, b", "x"))]
    for codec in ("gb18030", "utf-16", "utf-8-sig"):
        table = read("文本,标签\n这只动物太累了。,好\n".encode(codec))
        assert table.columns == ("文本", "标签")
        assert list(table.rows) == [(2, ("这只动物太累了。", "好"))]


def test_a_formula_in_a_cell_is_a_text_like_any_other(read):
    assert list(read("text\n=1+1\n").rows) == [(2, ("=1+1",))]


def test_the_lines_of_a_text_file_are_texts_with_the_numbers_of_the_lines(read):
    assert list(read("one\n\n two \n", "a.txt").rows) == [(1, ("one",)), (3, ("two",))]


def test_the_columns_of_objects_are_those_of_the_first_rows(read):
    lines = [{"words": ["a"], "tags": [0]}, {"tags": [1], "words": ["b"], "more": None}]
    table = read("\n\n".join(map(json.dumps, lines)), "a.jsonl")
    assert table.columns == ("words", "tags", "more")
    assert list(table.rows) == [(1, (["a"], [0], None)), (3, (["b"], [1], None))]


def test_what_is_nested_in_an_object_is_nothing(read):
    deep = '{"text": {"en": "a"}, "words": ["b", ["c"], {"d": 1}], "n": ' + "[" * 900 + "]" * 900
    assert list(read(deep + "}", "a.jsonl").rows) == [(1, (None, ["b", None, None], [None]))]


def test_columns_that_pandas_packs_as_categories_are_read(read, tmp_path):
    made = pa.table(
        {"label": pa.array(["a", "b", "a"]).dictionary_encode(), "n": pa.array([7, 8, 7])}
    )
    made = made.append_column("m", pa.array([7, 8, 7]).dictionary_encode())
    pq.write_table(made, tmp_path / "made.parquet")
    found = read((tmp_path / "made.parquet").read_bytes(), "a.parquet")
    assert [cells for _number, cells in found.rows] == [("a", 7, 7), ("b", 8, 8), ("a", 7, 7)]


def test_damaged_parquet_files_are_refused_in_one_sentence(read, tmp_path):
    pq.write_table(pa.table({"text": ["word " * n for n in range(200)]}), tmp_path / "made.parquet")
    whole = (tmp_path / "made.parquet").read_bytes()
    for place in range(4, len(whole), 7):
        with contextlib.suppress(InputError):  # nothing else may be raised
            list(read(whole[:place] + b"\xff" + whole[place + 1 :], "a.parquet").rows)
    with pytest.raises(InputError, match="broken"):
        read(whole[: len(whole) // 2], "a.parquet")


def test_parquet_gives_texts_numbers_and_lists(read, tmp_path):
    table = pa.table(
        {
            "text": ["a", None],
            "label": [1, 2],
            "words": [["x"], []],
            "when": pa.array([0, 1]).cast(pa.timestamp("s")),
        }
    )
    pq.write_table(table, tmp_path / "made.parquet")
    found = read((tmp_path / "made.parquet").read_bytes(), "a.parquet")
    assert found.columns == ("text", "label", "words", "when")
    assert list(found.rows) == [(1, ("a", 1, ["x"], None)), (2, (None, 2, [], None))]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        ("", "a.csv", "is empty"),
        ("\n\n", "a.csv", "has no rows"),
        ("text,label\n", "a.csv", "has no rows"),
        ("", "a.txt", "is empty"),
        (" \n", "a.jsonl", "has no rows"),
        ("text,text\na,b\n", "a.csv", "Two columns of a.csv are called “text”"),
        (",".join(f"c{n}" for n in range(10_000)) + "\n1\n", "a.csv", "10,000 columns"),
        ('text\n"never closed\n', "a.csv", "broken at line 2"),
        ('text\n"' + "long " * 40_000, "a.csv", "more than 131,072 characters"),
        ("text\nfine\na,b\n", "a.csv", "Line 3 of a.csv has 2 cells"),
        ("x" * 1_000_001, "a.txt", "Line 1 of a.txt has more than 1,000,000 characters"),
        ('{"text": "a"}\n[1]\n', "a.jsonl", "Line 2 of a.jsonl is no JSON object"),
        ('{"text": "a"}\n' + "[" * 100_000, "a.jsonl", "Line 2 of a.jsonl is no JSON object"),
        ('{"text": "a", "text": "b"}\n', "a.jsonl", "names “text” twice"),
        ("text\ncaf\xe9\n".encode("latin-1"), "a.csv", "Line 2 of a.csv is not in UTF-8"),
        (b"text\n\0\n", "a.csv", "is no text file"),
        (b"PAR1 no", "a.csv", "is no text file"),
        (b"PAR1 no", "a.parquet", "is broken"),
        ("text\n", "a.parquet", "is no Parquet file"),
        ("text\n", "a.xlsx", "upload .csv, .tsv, .jsonl, .parquet or .txt"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(problem, data, name, said):
    assert said in problem(data, name)


def test_a_zip_bomb_named_csv_is_refused_unopened(problem):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"a" * 5_000_000)
    assert "no text file" in problem(packed.getvalue())
    assert "no text file" in problem(gzip.compress(b"a" * 5_000_000), "b.csv")


class Endless(io.RawIOBase):
    """A gigabyte in one line, made as it is read."""

    def __init__(self):
        self.given = 0

    def read(self, size=-1):
        count = min(size, 1_000_000_000 - self.given)
        self.given += count
        return b"x" * count


def test_of_a_gigabyte_no_more_is_read_than_the_limit(headlight_home, monkeypatch):
    monkeypatch.setattr(uploads, "SIZE_LIMIT", 3_000_000)
    upload = Endless()
    with pytest.raises(InputError, match="the limit is 3 MB: split it"):
        store_upload("line.csv", upload)
    assert upload.given <= 5_000_000
    assert list((headlight_home / "uploads").iterdir()) == []


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.txt"])
def test_a_line_without_end_is_refused_without_being_kept_in_memory(read, name):
    """30 MB in one line."""
    data = b"x" * 30_000_000
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=f"Line 1 of {name}|no rows|more than"):
            list(read(data, name).rows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 15_000_000


def test_rows_above_the_limit_are_not_read(problem, monkeypatch):
    monkeypatch.setattr(tables, "ROW_LIMIT", 150)
    assert "more than 150 rows" in problem("text\n" + "a\n" * 151)


def test_an_upload_leaves_room_on_the_disk(headlight_home, monkeypatch):
    usage = uploads.shutil.disk_usage("/")._replace(total=10**12, free=10**8)
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(InputError, match="no room"):
        store_upload("a.csv", io.BytesIO(b"text,label\na,b\n"))
    assert not list(uploads.uploads_folder().iterdir())


def test_a_table_of_too_many_cells_is_refused_while_it_is_read(problem, monkeypatch):
    """Short rows are filled up: a few megabytes would become gigabytes."""
    monkeypatch.setattr(tables, "CELLS_LIMIT", 10_000)
    columns = ",".join(f"c{number}" for number in range(500))
    assert "more than 10,000 cells" in problem(columns + "\n" + "1\n" * 30)


def test_a_parquet_file_of_one_endless_list_is_refused_before_it_is_read(problem, tmp_path):
    numbers = pa.array([[7] * 11_000_000])
    path = tmp_path / "list.parquet"
    pq.write_table(pa.table({"text": ["a"], "numbers": numbers}), path)
    assert path.stat().st_size < 100_000
    assert "10,000,000 cells" in problem(path.read_bytes(), "b.parquet")


def test_a_parquet_file_that_unpacks_to_gigabytes_is_refused(problem, tmp_path, monkeypatch):
    repeated = pa.array(["x" * 900_000]).dictionary_encode()
    indices = pa.array([0] * 5_000, type=pa.int32())
    column = pa.DictionaryArray.from_arrays(indices, repeated.dictionary)
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"text": column}), path)
    assert path.stat().st_size < 1_000_000
    assert "1000 MB unpacked" in problem(path.read_bytes(), "b.parquet")
    monkeypatch.setattr(parquet, "ROW_LIMIT", 4_000)
    assert "more than 4,000 rows" in problem(path.read_bytes(), "c.parquet")


def test_equal_uploads_are_kept_once_under_a_plain_name(headlight_home):
    kept = store_upload("../../my réviews (1).csv", io.BytesIO(b"text\na\n"))
    assert kept.startswith("my-réviews-1-")
    assert kept == store_upload("../../my réviews (1).csv", io.BytesIO(b"text\na\n"))
    assert upload_path(kept).read_bytes() == b"text\na\n"
    assert [path.name for path in (headlight_home / "uploads").iterdir()] == [kept]


def test_an_upload_that_is_refused_leaves_nothing_behind(headlight_home, monkeypatch):
    monkeypatch.setattr(uploads, "SIZE_LIMIT", 3_000_000)
    for name, data in {"a.csv": b"PK\x03\x04", "b.csv": b"", "c.txt": b"x" * 3_000_001}.items():
        with pytest.raises(InputError, match=name):
            store_upload(name, io.BytesIO(data))
    assert list((headlight_home / "uploads").iterdir()) == []


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "b/a.csv", "b\\a.csv", ".a.csv", ""])
def test_a_name_that_is_a_path_is_refused(headlight_home, name):
    with pytest.raises(InputError):
        upload_path(name)


def test_an_upload_that_is_gone_is_asked_for_again(headlight_home):
    with pytest.raises(InputError, match="upload it again"):
        upload_path("gone.csv")
