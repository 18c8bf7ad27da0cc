import pytest
from streamlit.testing.v1 import AppTest

from components.views.token_strip import Chip, token_strip


def test_a_chip_refuses_a_value_that_is_no_share() -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Chip(text="it", piece="it", id=1, value=1.2)


def test_a_chip_refuses_a_kind_it_cannot_draw() -> None:
    with pytest.raises(ValueError, match="kind 'emoji'"):
        Chip(text="it", piece="it", id=1, kind="emoji")  # type: ignore[arg-type]


def test_a_chip_refuses_a_mark_it_cannot_draw() -> None:
    with pytest.raises(ValueError, match="mark 'bold'"):
        Chip(text="it", piece="it", id=1, mark="bold")  # type: ignore[arg-type]


def test_a_strip_refuses_a_selection_it_does_not_hold() -> None:
    with pytest.raises(ValueError, match="selected chip 1 of 1"):
        token_strip([Chip(text="it", piece="it", id=1)], key="chips", label="text", selected=1)


def test_a_strip_shows_in_a_page_and_answers_nothing_before_a_click() -> None:
    def page() -> None:
        import streamlit as st

        from components.views.token_strip import Chip, token_strip

        chips = [Chip(text="it", piece="it", id=1, value=0.5), Chip(text="", piece="Ģ", id=2)]
        st.write(repr(token_strip(chips, key="chips", label="text", selected=0, value_label="w")))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
