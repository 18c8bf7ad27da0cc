"""The choice of probes of a new run."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app.train.new_probes import read_heads, read_texts
from core.errors import InputError
from core.tuning.probes import ProbeSpec, ProbeText


def room():
    import streamlit as st

    from app.train.new_probes import with_probes
    from core.tuning.finetune.spec import RunSpec
    from core.tuning.labelled.examples import DataSource

    source = DataSource(kind="classification", dataset="movie-snippets")
    st.session_state["spec"] = with_probes(RunSpec(model="minilm-l6", source=source))


def test_by_default_a_run_has_probes_of_its_own_choice():
    page = AppTest.from_function(room, default_timeout=60).run()
    assert not page.exception
    assert page.session_state["spec"].probes == ProbeSpec()


def test_texts_and_heads_are_typed_and_can_be_left_out():
    page = AppTest.from_function(room, default_timeout=60).run()
    page.text_area[0].set_value("a fine film\n\na dull one")
    page.text_input[0].set_value("0.2, 5.10").run()
    assert not page.exception
    probes = page.session_state["spec"].probes
    assert [each.text for each in probes.texts] == ["a fine film", "a dull one"]
    assert probes.heads == ((0, 2), (5, 10))
    page.toggle[0].set_value(False).run()
    assert page.session_state["spec"].probes == ProbeSpec(enabled=False)


def test_pairs_have_a_sign_between_them():
    assert read_texts("one || two", paired=True) == (ProbeText(text="one", second="two"),)
    assert read_texts("one || two") == (ProbeText(text="one || two"),)
    with pytest.raises(InputError, match="Line 2 of the probes is no pair"):
        read_texts("one || two\nthree", paired=True)


@pytest.mark.parametrize("text", ["5", "5.x", "a.b", "-1.2", "1.2.3"])
def test_what_is_no_head_is_named(text):
    with pytest.raises(InputError, match="names no head"):
        read_heads(f"0.1 {text}")


def test_heads_are_read_however_they_are_put():
    assert read_heads(" 0.2;5.10，1.1 ") == ((0, 2), (5, 10), (1, 1))
    assert read_heads("") == ()
