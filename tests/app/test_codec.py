"""What values of a link are read as."""

from __future__ import annotations

import pytest

from app.codec import (
    flag,
    head_list,
    number_in,
    number_list,
    one_number,
    shown_flag,
    shown_heads,
    shown_numbers,
)
from core.errors import LinkError


@pytest.mark.parametrize("heads", [[], [(3, 1)], [(3, 1), (5, 11)]])
def test_a_list_of_heads_comes_back(heads):
    assert head_list(shown_heads(heads)) == heads


@pytest.mark.parametrize("numbers", [[], [0], [3, 5, 11]])
def test_a_list_of_numbers_comes_back(numbers):
    assert number_list(shown_numbers(numbers)) == numbers


@pytest.mark.parametrize("on", [True, False])
def test_a_switch_comes_back(on):
    assert flag(shown_flag(on)) is on


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (head_list, "3"),
        (head_list, "3.x"),
        (head_list, "3.1,"),
        (number_list, "1,-2"),
        (number_list, "1;2"),
        (flag, "yes"),
        (one_number(10, 20), "15"),
    ],
)
def test_nonsense_is_a_link_error(parse, text):
    with pytest.raises(LinkError):
        parse(text)


@pytest.mark.parametrize("text", ["0", "9999", "20000", "9999999"])
def test_a_large_number_comes_back_where_it_may_be_one(text):
    assert number_in(0, 9_999_999)(text) == int(text)


@pytest.mark.parametrize("text", ["10000", "10000000", "٣", "-1", ""])
def test_a_number_outside_its_bounds_is_a_link_error(text):
    with pytest.raises(LinkError):
        number_in(0, 9_999)(text)


def test_a_list_without_end_is_cut():
    assert len(head_list(",".join(["0.0"] * 500))) == 16
    assert len(number_list(",".join(["1"] * 500))) == 64
