"""Files of sentences: what is read from them, and one sentence for whatever is wrong."""

from __future__ import annotations

import pytest

from core.errors import InputError
from core.masked import SENTENCE_LIMIT
from core.sentences_file import BYTES_LIMIT, read_sentences, split_sentences

CHINESE = "text\n这只动物没有过[MASK]，因为它太累了。\n天[MASK]了。\n"


def sentences(data, name="a.csv"):
    return read_sentences(data.encode() if isinstance(data, str) else data, name).sentences


def column(data, name="a.csv"):
    return read_sentences(data.encode(), name).column


def problem(data, name="a.csv"):
    with pytest.raises(InputError) as caught:
        sentences(data, name)
    said = str(caught.value)
    assert name[-20:] in said
    assert "\n" not in said
    return said


def test_of_a_text_every_line_is_a_sentence_and_blank_ones_are_none():
    found = read_sentences(b" One [MASK].\r\n\r\nTwo.\rThree\x0b.\n", "a.TXT")
    assert found.sentences == ("One [MASK].", "Two.", "Three\x0b.")
    assert (found.column, found.encoding) == ("", "UTF-8")


def test_pasted_lines_are_split_like_those_of_a_file():
    assert split_sentences("a\n\n  b \r\nc") == ("a", "b", "c")
    assert split_sentences(" \n") == ()


@pytest.mark.parametrize("name", ["text", "Sentence", " TEXTS ", "sentences", "句子", "文本"])
def test_a_column_is_found_by_its_name(name):
    data = f"id,{name},label\n1,The [MASK].,x\n2,No mask,[MASK]\n"
    assert sentences(data) == ("The [MASK].", "No mask")
    assert column(data) == name.strip()


def test_of_two_names_the_better_one_is_read():
    assert sentences("sentence,text\na,b\n") == ("b",)


@pytest.mark.parametrize("mask", ["[MASK]", "<mask>", "[mask]", "<|mask|>"])
def test_a_column_without_a_known_name_is_found_by_its_masks(mask):
    data = f"id,input\n1,nothing\n2,The {mask} here\n"
    assert sentences(data) == ("nothing", f"The {mask} here")
    assert column(data) == "input"


def test_a_first_row_with_a_mask_is_no_header():
    data = "1,The [MASK].\n2,A [MASK].\n"
    assert sentences(data) == ("The [MASK].", "A [MASK].")
    assert column(data) == "2"


def test_tabs_and_semicolons_part_cells_too():
    assert sentences("id\ttext\n1\tA, b; [MASK]\n", "a.tsv") == ("A, b; [MASK]",)
    assert sentences("id;text\n1;A, [MASK]\n") == ("A, [MASK]",)
    assert sentences("id\ttext\n1\tA, [MASK]\n") == ("A, [MASK]",)


def test_quoted_cells_hold_separators_quotes_and_lines():
    data = 'text,id\n"One, ""two"" [MASK]",1\n"A\nline",2\n'
    assert sentences(data) == ('One, "two" [MASK]', "A\nline")


def test_blank_rows_are_left_out_and_an_empty_text_keeps_its_row():
    assert sentences("id,text\n\n1,a\n,\n2,\n3\n") == ("a", "", "")


def test_empty_cells_at_the_end_of_a_row_do_not_count():
    assert sentences("text,id\na,1,,\n") == ("a",)


def test_the_mark_of_excel_is_no_part_of_the_header():
    assert column("\ufefftext\na\n") == "text"


def test_chinese_in_gb_18030_and_texts_in_utf_16_are_read():
    expected = tuple(CHINESE.splitlines()[1:])
    for encoding, name in {"gb18030": "GB 18030", "utf-16": "UTF-16", "utf-8": "UTF-8"}.items():
        found = read_sentences(CHINESE.encode(encoding), "a.csv")
        assert (found.sentences, found.encoding) == (expected, name)


def test_another_encoding_is_not_mistaken_for_chinese():
    text = "text\nLe café était très agréable, déjà à côté.\n"
    assert "not in UTF-8" in problem(text.encode("latin-1"))


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04rest of a workbook",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        b"text\na\0b\n",
        "a\0b".encode("utf-16"),
        b"\xff\xfea",
    ],
)
def test_what_is_no_text_is_told(data):
    assert "no text file" in problem(data)


@pytest.mark.parametrize("data", [b"", b" \n\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.tsv"])
def test_an_empty_file_is_told(data, name):
    assert "is empty" in problem(data, name)


def test_a_table_of_empty_cells_is_told():
    assert "is empty" in problem(",,\n,,\n")


def test_a_column_of_nothing_is_told():
    assert "is empty" in problem("id,text\n1,\n2, \n")


def test_a_header_alone_is_told():
    assert "nothing under it" in problem("id,text\n")


@pytest.mark.parametrize("row", ['"open [MASK]', '"a"b,1', '"' + "x" * 200_000])
def test_broken_quotes_are_told_with_the_line_where_they_begin(row):
    assert "line 3" in problem(f"text,id\nfine,1\n{row}\nmore,2\n")


def test_a_row_with_more_cells_than_the_first_is_told_with_its_line():
    said = problem("text\n\nfine\nThe dog, the [MASK]\n")
    assert "Line 4" in said
    assert "2 cells and the first row 1" in said


def test_a_table_without_a_column_of_text_is_told():
    assert "No column" in problem("id,label\n1,a\n")


def test_several_columns_with_masks_are_told_by_name():
    assert "(first, second)" in problem("first,second\n[MASK],<mask>\n")


def test_the_limit_of_sentences_is_kept():
    lines = "a\n" * SENTENCE_LIMIT
    assert len(sentences(lines, "a.txt")) == SENTENCE_LIMIT
    assert "1,001 sentences, the limit is 1,000" in problem(lines + "b", "a.txt")
    assert "1,001 sentences" in problem("text\n" + lines + "b\n")


def test_the_limit_of_bytes_is_kept():
    assert "2.1 MB, the limit is 2 MB" in problem(b"a" * (BYTES_LIMIT + 1), "a.txt")


def test_other_endings_are_refused_and_long_names_cut():
    assert "upload .txt" in problem("a", "sheet.xlsx")
    assert len(problem("", "a" * 500 + ".txt")) < 150
