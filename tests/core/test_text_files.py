"""Text files: their encoding, found in pieces, and one sentence for what is none."""

from __future__ import annotations

import io

import pytest

from core.errors import InputError
from core.text_files import LINE_LIMIT, bounded_lines, decode_text, find_encoding

CHINESE = "这只动物没有过马路，因为它太累了。\n"


def problem(data):
    with pytest.raises(InputError) as caught:
        find_encoding(io.BytesIO(data), "a.csv")
    assert "a.csv" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("codec", "title"), [("utf-8", "UTF-8"), ("utf-16", "UTF-16"), ("gb18030", "GB 18030")]
)
def test_an_encoding_is_found_over_the_whole_of_a_long_file(codec, title):
    text = CHINESE * 100_000
    assert decode_text(text.encode(codec), "a.csv") == (text, title)


def test_another_encoding_is_refused_with_the_line_it_shows_in():
    data = b"plain\n" * 400_000 + "déjà vu\n".encode("latin-1")
    assert "Line 400,001 " in problem(data)
    assert "UTF-8" in problem(data)


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04rest", b"%PDF-1.7", b"\x1f\x8b\x08", b"a,b\n" * 500_000 + b"\0"]
)
def test_what_is_no_text_is_refused_by_its_first_bytes_or_its_zeros(data):
    assert "no text file" in problem(data)


def test_a_line_that_does_not_end_is_not_read_to_its_end():
    endless = io.StringIO("short\n" + "x" * (LINE_LIMIT + 5))
    with pytest.raises(InputError, match=r"Line 2 of a\.txt has more than 1,000,000"):
        list(bounded_lines(endless, "a.txt"))
    assert endless.tell() < LINE_LIMIT + 10
