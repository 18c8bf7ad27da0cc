import csv
import io

import numpy as np
import pandas as pd
import pytest

from core.export import CSV_SKIP, head_csv, table_csv, values_csv

WEIGHTS = np.array([[0.1, 0.9], [1 / 3, 2 / 3]], dtype=np.float32)


def rows_of(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_head_is_read_back_exactly(provenance):
    text = head_csv(WEIGHTS, ["the", "the"], ["the", "cat"], provenance)
    table = pd.read_csv(io.StringIO(text), skiprows=CSV_SKIP, header=[0, 1], index_col=[0, 1])
    assert np.array_equal(table.to_numpy(np.float32), WEIGHTS)
    assert list(table.index) == [(0, "the"), (1, "the")]
    assert list(table.columns) == [("0", "the"), ("1", "cat")]


def test_a_table_says_first_where_its_numbers_come_from(provenance):
    rows = rows_of(head_csv(WEIGHTS, ["a", "b"], ["a", "b"], provenance))
    assert dict(rows[: CSV_SKIP - 1]) == dict(provenance.items())
    assert rows[CSV_SKIP - 1] == []


def test_positions_of_a_part_are_those_of_the_text(provenance):
    text = head_csv(WEIGHTS, ["a", "b"], ["c", "d"], provenance, queries=[4, 6], keys=[1, 9])
    rows = rows_of(text)[CSV_SKIP:]
    assert rows[0] == ["", "", "1", "9"]
    assert [row[:2] for row in rows[2:]] == [["4", "a"], ["6", "b"]]


def test_excel_reads_the_file_as_utf8():
    """Excel takes a CSV for UTF-8 only where it begins with the byte order mark."""
    text = values_csv(np.zeros((1, 1)), _plain())
    assert text.encode("utf-8").startswith(b"\xef\xbb\xbf")
    assert text.endswith("\r\n")


def _plain():
    from core.export import Provenance

    names = ("model", "weights", "dtype", "device", "headlight", "torch", "transformers")
    return Provenance(**dict.fromkeys(names, "x"))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_text_that_a_spreadsheet_would_run_becomes_a_text(provenance, sign):
    """OWASP, CSV injection: a cell that begins with one of these is a formula."""
    label = f"{sign}HYPERLINK(1)"
    rows = rows_of(head_csv(WEIGHTS, [label, "b"], ["a", label], provenance))
    cells = [cell for row in rows for cell in row if "HYPERLINK" in cell]
    assert cells == [f"'{label}"] * 2


def test_commas_quotes_and_line_breaks_stay_inside_their_cell(provenance):
    labels = ['a"b', "c,d\ne"]
    rows = rows_of(head_csv(WEIGHTS, labels, ["x", "中文"], provenance))
    assert [row[1] for row in rows[-2:]] == labels
    assert rows[CSV_SKIP + 1] == ["", "", "x", "中文"]


def test_labels_that_do_not_fit_are_refused(provenance):
    with pytest.raises(ValueError, match="labels"):
        head_csv(WEIGHTS, ["a"], ["a", "b"], provenance)
    with pytest.raises(ValueError, match="labels"):
        head_csv(WEIGHTS, ["a", "b"], ["a", "b"], provenance, queries=[1])


def test_a_wall_has_a_row_for_each_layer_and_negative_numbers_stay_numbers(provenance):
    values = np.array([[-0.5, 0.25], [np.nan, 1e-7]], dtype=np.float32)
    text = values_csv(values, provenance, layers=[3, 5])
    table = pd.read_csv(io.StringIO(text), skiprows=CSV_SKIP, index_col=0)
    assert np.array_equal(table.to_numpy(np.float32), values, equal_nan=True)
    assert list(table.index) == [3, 5]


def test_a_wall_with_other_heads_is_refused(provenance):
    with pytest.raises(ValueError, match="heads"):
        values_csv(np.zeros((2, 3)), provenance, heads=[1, 2])


def test_any_table_has_numbers_as_they_are_and_texts_made_harmless(provenance):
    text = table_csv([["mask", "p"], ["=1+1", 0.1], [None, -2]], provenance)
    assert rows_of(text)[CSV_SKIP:] == [["mask", "p"], ["'=1+1", "0.1"], ["", "-2"]]
